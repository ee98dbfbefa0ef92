use std::process::ExitCode;

#[tokio::main]
#[tracked]
async fn main() -> ExitCode {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    tokio::spawn(async move { sender.send(41) });
    match receiver.await {
        Ok(code) => {
            println!("{code}");
            ExitCode::from(code + 1)
        }
        Err(_) => ExitCode::FAILURE,
    }
}
