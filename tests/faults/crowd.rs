//! Many processes at once, that record, deliver, and take over what others left; some are killed at it.

use std::time::Duration;

use telemetry_tests::Random;

use crate::needs;
use crate::scene::Scene;

/// P9
#[test]
fn sixty_four_at_once() {
    crowd(64, 4);
}

/// More than there are processors by far, and nearly as many as there are slots.
#[test]
fn two_hundred_at_once() {
    crowd(200, 1);
}

/// Starts so many, then kills some and waits for the others, and does so again with what they left.
fn crowd(at_once: u64, rounds: u64) {
    let seed = needs::seed();
    let mut random = Random::new(seed);
    let scene = Scene::new();
    for _ in 0..rounds {
        let victims: Vec<_> = (0..at_once)
            .map(|_| match random.below(8) {
                0 | 1 => (scene.spawn("deliver work deliver"), random.below(2) == 0),
                2 | 3 => (scene.spawn("work many nested deliver work"), random.below(4) == 0),
                4 | 5 => (scene.spawn("work nested fail work"), false),
                // As many as fit into the spool while they wait for one another.
                _ if at_once > 64 => (scene.spawn("window=1 work many nested hang"), true),
                _ => (scene.spawn(&format!("window={} seed={} storm", 1 + random.below(20), random.next())), true),
            })
            .collect();
        let (killed, spared): (Vec<_>, Vec<_>) = victims.into_iter().partition(|(_, dies)| *dies);
        for (victim, _) in killed {
            scene.kill_after(victim, Duration::from_micros(random.below(5_000)));
        }
        for (victim, _) in spared {
            Scene::end_of(victim);
        }
    }
    assert!(scene.kills() > at_once * rounds / 8);
    let calls = scene.balance();
    needs::say(&format!("{calls} calls returned, in {at_once} processes at once"));
}

/// Nobody is killed, nothing is in doubt, and nothing comes twice.
#[test]
fn sixty_four_that_live() {
    let scene = Scene::new();
    let victims: Vec<_> = (0..64).map(|_| scene.spawn("window=1 work many nested deliver")).collect();
    for victim in victims {
        Scene::end_of(victim);
    }
    assert_eq!((scene.kills(), scene.balance()), (0, 64 * 68));
}
