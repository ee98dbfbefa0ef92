//! `page_shots FOLDER`: the pages of a program and of a receiver, as they look, light and dark, on a desk and on a telephone.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a tool that ends where something is wrong"
)]

mod chromium;

use std::path::{Path, PathBuf};
use std::process::Command;

use telemetry_receiver::Receiver;

/// Width and height, in pixels.
const SIZES: [(u32, u32); 2] = [(1280, 6000), (400, 9000)];

fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| panic!("usage: page_shots FOLDER")));
    std::fs::create_dir_all(&folder).unwrap();
    let folder = std::fs::canonicalize(folder).unwrap();
    let browser = chromium::name().unwrap_or_else(|| panic!("`chromium` is needed"));
    let receiver = Receiver::builder().page().start().unwrap();
    let state = folder.join("state");
    drop(std::fs::remove_dir_all(&state));
    let pages = |endpoint: &str, words: &str| {
        let program = std::env::current_exe().unwrap().with_file_name("pages");
        let mut command = Command::new(program);
        command.args(words.split_whitespace()).env_clear().env("PAGES_ENDPOINT", endpoint).env("PAGES_STATE", &state);
        assert!(command.current_dir(&folder).output().unwrap().status.success(), "{words}");
    };
    let events = format!("{}/v1/events", receiver.url());
    pages("http://127.0.0.1:1/v1/events", "run ok fail flush");
    for run in 0..8 {
        pages(&events, &format!("run {} {} flush", "ok fail quick quick ".repeat(2 + run), "hot ".repeat(run % 2)));
    }
    pages(&events, "run panic hostile flush");
    pages(&events, "run ok quick fail");
    pages(&events, "telemetry log --html client.html");
    let empty = folder.join("empty.html");
    let mut command = Command::new(std::env::current_exe().unwrap().with_file_name("pages"));
    command.args(["telemetry", "log", "--html"]).arg(&empty).env_clear().env("DO_NOT_TRACK", "1");
    assert!(command.env("PAGES_STATE", folder.join("none")).output().unwrap().status.success());
    let url = receiver.page_url().unwrap();
    for theme in ["light", "dark"] {
        for (width, height) in SIZES {
            for page in ["client", "empty"] {
                shoot(
                    browser,
                    &folder,
                    page,
                    &format!("file://{}/{page}.html", folder.display()),
                    theme,
                    width,
                    height,
                );
            }
            shoot(browser, &folder, "receiver", &url, theme, width, height);
        }
    }
}

fn shoot(browser: &str, folder: &Path, page: &str, url: &str, theme: &str, width: u32, height: u32) {
    let profile = folder.join("profile");
    let shot = folder.join(format!("{page}-{theme}-{width}.png"));
    let mut arguments = vec![format!("--screenshot={}", shot.display()), format!("--window-size={width},{height}")];
    let scheme = u8::from(theme != "dark");
    arguments.push(format!("--blink-settings=preferredColorScheme={scheme}"));
    arguments.push(url.to_owned());
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    assert!(chromium::run(browser, &profile, &arguments).status.success());
    println!("{}", shot.display());
}
