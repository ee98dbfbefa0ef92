//! `kill -9`, at random moments, of many victims at once.

use std::time::Duration;

use telemetry_tests::Random;

use crate::needs;
use crate::scene::Scene;

const KILLS: u64 = 1_000;
const AT_ONCE: u64 = 6;
/// Somebody drains after so many kills by one killer.
const DRAIN_EVERY: u64 = 30;
/// One in so many victims records more than fits into a segment that it keeps.
const HEAVY: u64 = 40;

/// P1, P2: a thousand victims with four busy threads each are killed: while they start, while they record, while they send, and
/// while they drain what others left.
#[test]
fn a_thousand_kills_lose_nothing() {
    let seed = needs::seed();
    let scene = Scene::new();
    std::thread::scope(|scope| {
        for killer in 0..AT_ONCE {
            let scene = &scene;
            scope.spawn(move || kill_often(scene, Random::new(seed ^ killer << 32)));
        }
    });
    assert!(scene.kills() >= KILLS);
    let calls = scene.balance();
    needs::say(&format!("{calls} calls returned before their processes were killed"));
    assert!(calls > 10 * usize::try_from(KILLS).unwrap(), "they recorded only {calls} calls");
}

fn kill_often(scene: &Scene, mut random: Random) {
    let mut own = 0;
    while scene.kills() < KILLS {
        own += 1;
        scene.make_room();
        if own % DRAIN_EVERY == 0 {
            let drainer = scene.spawn("deliver");
            if random.below(3) == 0 {
                scene.kill_after(drainer, Duration::from_micros(random.below(40_000)));
            } else {
                Scene::end_of(drainer);
            }
            continue;
        }
        let window = if random.below(2) == 0 { "window=1 " } else { "" };
        let (before, within) =
            if random.below(HEAVY) == 0 { ("many ".repeat(60), 200_000) } else { (String::new(), 60_000) };
        let victim = scene.spawn(&format!("{window}seed={} {before}storm", random.next()));
        // Some die before they have begun.
        let within = if random.below(4) == 0 { 5_000 } else { within };
        scene.kill_after(victim, Duration::from_micros(random.below(within)));
    }
}
