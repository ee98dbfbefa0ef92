//! How a cost grows with what it is a cost of.

/// A cost for each input, the smallest input first.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What it is the cost of, where a picture has more than one.
    pub name: String,
    /// Input and cost.
    pub points: Vec<(f64, f64)>,
}

/// What rises by less than this over all inputs does not grow.
const FLAT: f64 = 1.1;

impl Line {
    /// How many times as much the largest input costs as the smallest.
    pub fn rise(&self) -> f64 {
        match self.points.as_slice() {
            [(_, first), .., (_, last)] => last / first,
            _ => 1.0,
        }
    }

    /// How fast it grows at its end: 1 is in proportion to the input, 2 with its square; `None` where it does not grow.
    ///
    /// Of the last step, as a rule a doubling: by how much the cost over that of the smallest input grew there, against by how much the input
    /// over the smallest one did, both as logarithms. So what is paid once does not hide what is paid for each.
    pub fn slope(&self) -> Option<f64> {
        let [(x0, y0), .., (x1, y1), (x2, y2)] = self.points.as_slice() else { return None };
        if self.rise() < FLAT {
            return None;
        }
        let rose = ((y2 - y0) / (y1 - y0).max(f64::MIN_POSITIVE)).ln();
        Some(rose / ((x2 - x0) / (x1 - x0)).ln())
    }

    /// What an input would cost if it had gone on from the last input but one as it grew until there.
    pub fn in_proportion(&self, input: f64) -> f64 {
        let [(x0, y0), .., (x1, y1), _] = self.points.as_slice() else { return f64::NAN };
        y0 + (y1 - y0) / (x1 - x0) * (input - x0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(cost: fn(f64) -> f64) -> Line {
        let points = [1.0, 2.0, 4.0, 8.0, 16.0].map(|input| (input, cost(input)));
        Line { name: String::new(), points: points.to_vec() }
    }

    #[test]
    fn what_is_paid_once_hides_nothing() {
        for once in [0.0, 10.0, 1000.0] {
            let slope = |cost: fn(f64) -> f64| {
                let mut line = line(cost);
                line.points.iter_mut().for_each(|(_, cost)| *cost += once);
                line.slope().unwrap()
            };
            assert!((slope(|input| 50.0 * input) - 1.0).abs() < 1e-9);
            assert!(slope(|input| 50.0 * input * input) > 1.8);
            assert!((1.1..1.3).contains(&slope(|input| 50.0 * input * (1.0 + input.log2()))));
        }
    }

    #[test]
    fn what_stays_alike_does_not_grow() {
        assert_eq!(line(|_| 7.0).slope(), None);
        assert_eq!(line(|input| if input > 8.0 { 7.2 } else { 7.0 }).slope(), None);
    }

    #[test]
    fn a_last_step_that_is_too_large_is_over_the_dashes() {
        let line = line(|input| if input > 8.0 { 4.0 * input } else { input });
        assert!(line.slope().unwrap() > 1.5);
        assert!(line.in_proportion(16.0) < 17.0);
    }
}
