//! What `macro_rules` puts in keeps its precedence.

use telemetry_runtime::tracked;

macro_rules! function {
    ($visibility:vis $name:ident, $sum:expr, $pattern:pat, $ty:ty, $block:block) => {
        #[tracked]
        $visibility fn $name(kind: u8) -> Result<$ty, String> {
            let twice = $sum * 2;
            match kind {
                $pattern => Ok(twice),
                4 => $block,
                _ => Ok($sum * 3),
            }
        }
    };
}

function!(pub compute, 1 + 2, 2 | 3, u8, { Err("four".to_owned()) });
