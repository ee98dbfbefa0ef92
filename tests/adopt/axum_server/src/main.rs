use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use telemetry_runtime::{
    Environment, Schedule, Snapshot, Telemetry, app, counter, record, report_error, sink, tracked,
};
use tokio::net::TcpListener;

/// What is told of the server's state, once a day.
#[derive(Snapshot)]
#[snapshot(event = "stock", purpose = "how large shops are")]
struct Stock {
    items: usize,
}

counter! { SOLD: "items_sold_total", purpose = "how much is sold" }

struct Shop {
    items: AtomicUsize,
}

#[tracked(aggregate)] // called all the time: counted, and told once a minute
async fn stock(State(shop): State<Arc<Shop>>) -> String {
    format!("{} items", shop.items.load(Ordering::Relaxed))
}

#[tracked(limit = "100/min")] // an event each, for the first hundred of a minute
async fn order(State(shop): State<Arc<Shop>>, Path(items): Path<usize>) -> Result<String, StatusCode> {
    let take = |stock: usize| stock.checked_sub(items);
    let Ok(before) = shop.items.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take) else {
        report_error!(event = "Sold Out", purpose = "how often there is too little");
        return Err(StatusCode::CONFLICT); // the call ends in an error
    };
    record!(items = items);
    SOLD.add(items as u64); // one atomic addition
    Ok(format!("{} left", before - items))
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let telemetry = Telemetry::builder(app!())
        .env_prefix("SHOP")
        .environment(Environment::Server)
        .sink(sink::Json::new("https://telemetry.example.org/v1/events"))
        .start();
    let shop = Arc::new(Shop { items: 10.into() });
    let daily = Schedule::every(Duration::from_secs(24 * 60 * 60));
    let asked = Arc::clone(&shop);
    telemetry.snapshot(daily, move || [Stock { items: asked.items.load(Ordering::Relaxed) }]);

    let routes = Router::new().route("/", get(stock)).route("/order/{items}", post(order)).with_state(shop);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    axum::serve(listener, routes).with_graceful_shutdown(asked_to_end()).await?;

    // Counters and what was only counted are told now, and may take so long to go. What does not, goes with the next run.
    if let Err(left) = telemetry.shutdown(Duration::from_secs(10)) {
        eprintln!("{left}");
    }
    Ok(())
}

/// Ctrl-C, or what a supervisor sends.
async fn asked_to_end() {
    #[cfg(unix)]
    if let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        return;
    }
    drop(tokio::signal::ctrl_c().await);
}
