// says: E0752
//! E0752 async main.

#[tracked]
async fn main() -> Result<(), String> {
    Ok(std::future::ready(()).await)
}
