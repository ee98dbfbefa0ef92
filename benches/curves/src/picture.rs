//! A curve as a picture: SVG, in tones that can be read on white and on black.

use std::fmt::Write as _;

use crate::growth::Line;

/// What a picture shows.
#[derive(Clone, Copy, Debug)]
pub struct Axes {
    /// What grows.
    pub title: &'static str,
    /// What it grows with, and in which unit.
    pub input: &'static str,
    /// What the cost is, and in which unit.
    pub cost: &'static str,
    /// Each input is as many times the one before: both axes are logarithmic.
    pub is_geometric: bool,
}

const WIDTH: f64 = 680.0;
const HEIGHT: f64 = 360.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = WIDTH - 20.0;
const TOP: f64 = 78.0;
const BOTTOM: f64 = HEIGHT - 48.0;
/// The dashed line is made of so many pieces.
const PIECES: u32 = 60;
/// Neither white nor black, so that each is readable on both.
const TEXT: &str = "#6e7781";
const GRID: &str = "#8b949e";
const TONES: [&str; 3] = ["#2f81f7", "#d9730d", "#2da44e"];

/// One axis: what of the inputs, or of the costs, is where.
struct Scale {
    from: f64,
    to: f64,
    start: f64,
    end: f64,
    is_geometric: bool,
}

impl Scale {
    fn at(&self, value: f64) -> f64 {
        let part = if self.is_geometric {
            (value / self.from).ln() / (self.to / self.from).ln()
        } else {
            (value - self.from) / (self.to - self.from)
        };
        self.start + part * (self.end - self.start)
    }

    /// Round values within it, some five of them.
    fn ticks(&self) -> Vec<f64> {
        if self.is_geometric {
            let decades = (self.to / self.from).log10();
            let steps: &[f64] = if decades > 2.5 { &[1.0] } else { &[1.0, 2.0, 5.0] };
            let mut ticks = Vec::new();
            let mut decade = 10_f64.powf(self.from.log10().floor());
            while decade <= self.to {
                ticks.extend(steps.iter().map(|step| step * decade));
                decade *= 10.0;
            }
            ticks.retain(|tick| (self.from * 0.999..=self.to * 1.001).contains(tick));
            return ticks;
        }
        let step = round_up((self.to - self.from) / 6.0);
        let mut ticks = vec![(self.from / step).ceil() * step];
        while let Some(last) = ticks.last().filter(|last| *last + step <= self.to * 1.001) {
            ticks.push(last + step);
        }
        ticks
    }
}

/// The next of 1, 2, 5, 10, 20 …
fn round_up(value: f64) -> f64 {
    let decade = 10_f64.powf(value.log10().floor());
    [1.0, 2.0, 5.0].map(|step| step * decade).into_iter().find(|step| *step >= value).unwrap_or(10.0 * decade)
}

/// As people read it: `12 k`.
pub fn short(value: f64) -> String {
    let (value, unit) = match value.abs() {
        1e9.. => (value / 1e9, " G"),
        1e6.. => (value / 1e6, " M"),
        1e4.. => (value / 1e3, " k"),
        _ => (value, ""),
    };
    let digits = format!("{value:.2}");
    let digits = if value.abs() >= 100.0 { format!("{value:.0}") } else { digits };
    let digits = if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { &digits };
    format!("{digits}{unit}")
}

/// Draws it.
pub fn draw(axes: &Axes, lines: &[Line]) -> String {
    let points = || lines.iter().flat_map(|line| &line.points);
    let fold = |values: &mut dyn Iterator<Item = f64>| {
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), value| (least.min(value), most.max(value)))
    };
    let (first, last) = fold(&mut points().map(|(input, _)| *input));
    let dashed = lines.iter().map(|line| line.in_proportion(last));
    let (least, most) = fold(&mut points().map(|(_, cost)| *cost).chain(dashed));
    let x = Scale { from: first, to: last, start: LEFT, end: RIGHT, is_geometric: axes.is_geometric };
    let (from, to) = if axes.is_geometric { (least / 1.3, most * 1.3) } else { (0.0, most * 1.06) };
    let y = Scale { from, to, start: BOTTOM, end: TOP, is_geometric: axes.is_geometric };

    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" \
         role=\"img\" font-family=\"system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif\" font-size=\"12\" fill=\"{TEXT}\">\n\
         <title>{}</title>\n<text x=\"14\" y=\"24\" font-size=\"15\" font-weight=\"600\">{}</text>\n",
        axes.title, axes.title
    );
    legend(&mut svg, lines);
    text(&mut svg, 14.0, TOP - 12.0, "start", axes.cost);
    text(&mut svg, f64::midpoint(LEFT, RIGHT), HEIGHT - 10.0, "middle", axes.input);
    for tick in y.ticks() {
        let at = y.at(tick);
        rule(&mut svg, (LEFT, at), (RIGHT, at));
        text(&mut svg, LEFT - 8.0, at + 4.0, "end", &short(tick));
    }
    // Where somebody measured, which is where it is read.
    let mut inputs: Vec<f64> = points().map(|(input, _)| *input).collect();
    inputs.sort_by(f64::total_cmp);
    inputs.dedup();
    let mut free = f64::NEG_INFINITY;
    for input in inputs {
        let at = x.at(input);
        rule(&mut svg, (at, TOP), (at, BOTTOM));
        if at >= free {
            text(&mut svg, at, BOTTOM + 18.0, "middle", &short(input));
            free = at + 26.0;
        }
    }
    for (line, tone) in lines.iter().zip(TONES) {
        let inputs = (0..=PIECES).map(|piece| {
            let part = f64::from(piece) / f64::from(PIECES);
            if x.is_geometric { x.from * (x.to / x.from).powf(part) } else { x.from + part * (x.to - x.from) }
        });
        let path: Vec<String> =
            inputs.map(|input| format!("{:.1},{:.1}", x.at(input), y.at(line.in_proportion(input)))).collect();
        let _ = writeln!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{tone}\" stroke-width=\"1.5\" stroke-dasharray=\"5 4\" opacity=\"0.75\"/>",
            path.join(" ")
        );
        let at = |(input, cost): &(f64, f64)| (x.at(*input), y.at(*cost));
        let path: Vec<String> = line.points.iter().map(at).map(|(left, top)| format!("{left:.1},{top:.1}")).collect();
        let _ = writeln!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{tone}\" stroke-width=\"2\"/>",
            path.join(" ")
        );
        for (left, top) in line.points.iter().map(at) {
            let _ = writeln!(svg, "<circle cx=\"{left:.1}\" cy=\"{top:.1}\" r=\"3.5\" fill=\"{tone}\"/>");
        }
    }
    svg + "</svg>\n"
}

/// What each line is, and what the dashes are.
fn legend(svg: &mut String, lines: &[Line]) {
    let mut left = 14.0;
    let mut add = |name: &str, tone: &str, dashes: &str| {
        let _ = writeln!(
            svg,
            "<line x1=\"{left}\" y1=\"42\" x2=\"{}\" y2=\"42\" stroke=\"{tone}\" stroke-width=\"2\"{dashes}/>",
            left + 22.0
        );
        text(svg, left + 28.0, 46.0, "start", name);
        // Letters are some 6.4 wide.
        let letters = u32::try_from(name.chars().count()).unwrap_or_default();
        left += 28.0 + 6.4 * f64::from(letters) + 18.0;
    };
    for (line, tone) in lines.iter().zip(TONES) {
        add(&line.name, tone, "");
    }
    add("in proportion to the input", GRID, " stroke-dasharray=\"5 4\"");
}

fn text(svg: &mut String, left: f64, top: f64, anchor: &str, says: &str) {
    let _ = writeln!(svg, "<text x=\"{left:.1}\" y=\"{top:.1}\" text-anchor=\"{anchor}\">{says}</text>");
}

fn rule(svg: &mut String, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) {
    let _ = writeln!(
        svg,
        "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" stroke=\"{GRID}\" stroke-width=\"1\" opacity=\"0.25\"/>"
    );
}
