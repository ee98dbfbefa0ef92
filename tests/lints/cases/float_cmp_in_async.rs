// says: clippy::float_cmp clippy::suboptimal_flops
//! Float cmp in async.

#[tracked]
pub async fn later(number: f32) -> Result<f32, String> {
    let number = std::future::ready(number).await;
    if number == 0.3 {
        return Ok(number * number + 2.0);
    }
    Ok(number.powf(0.5) + number.ln())
}

fn main() {}
