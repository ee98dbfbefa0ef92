use std::future::Future;

#[tracked]
async fn enter(__telemetry_call: u8, call: &str) -> Result<u8, String> {
    let guard = __telemetry_call + 1;
    let (finish, ok, will_ok, awaiting) = (1, 2, 3, 4);
    let __telemetry_value = std::future::ready(guard + finish + ok + will_ok + awaiting).await;
    if call.is_empty() {
        return Ok(__telemetry_value);
    }
    let is_error = call.parse::<u8>().map_err(|__telemetry_value| __telemetry_value.to_string());
    match is_error {
        Ok(probe) => Ok(probe + __telemetry_call),
        error => error,
    }
}

#[tracked]
fn r#ref(self_: u8, private: u8) -> Option<u8> {
    let __telemetry_call = private;
    let core = self_ + __telemetry_call;
    Some(core)
}

fn main() {
    let block_on = futures::executor::block_on::<std::pin::Pin<Box<dyn Future<Output = _>>>>;
    println!("{:?}", block_on(Box::pin(enter(1, ""))));
    println!("{:?} {:?} {:?}", block_on(Box::pin(enter(1, "5"))), block_on(Box::pin(enter(1, "x"))), r#ref(1, 2));
}
