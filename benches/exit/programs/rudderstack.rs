//! rudderanalytics, whose `send` is the request: `done` is said before it, and many events go as one batch.

use exit::{MARKER, Told, done};
use rudderanalytics::client::RudderAnalytics;
use rudderanalytics::message::{Batch, BatchMessage, Message, Track};
use serde_json::json;

fn main() {
    let told = Told::new();
    let client = RudderAnalytics::load("key".to_owned(), told.url.clone());
    let start = told.elapsed();
    let mut tracks: Vec<_> = told
        .events
        .map(|event| Track {
            user_id: Some("somebody".to_owned()),
            event: "Ran".to_owned(),
            properties: Some(json!({ MARKER: event })),
            ..Track::default()
        })
        .collect();
    let message = match tracks.len() {
        0 => None,
        1 => tracks.pop().map(Message::Track),
        _ => {
            let batch = tracks.into_iter().map(BatchMessage::Track).collect();
            Some(Message::Batch(Batch { batch, context: None, integrations: None, original_timestamp: None }))
        }
    };
    done(start);
    if let Some(message) = message {
        // Nobody is told: a program's telemetry is not its user's concern.
        drop(client.send(&message));
    }
}
