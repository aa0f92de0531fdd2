//! The binary as a server: started, asked by curl, told to end.

use std::{
    fs::File,
    io::{BufRead as _, BufReader, Read as _},
    process::{Child, Command, ExitStatus, Output, Stdio},
    time::{Duration, Instant},
};

use crate::run::Ground;

/// Longest wait for something that should come at once.
pub const LONGEST: Duration = Duration::from_secs(30);

/// A running `damask serve`. Its log is the file `log` of its ground.
pub struct Served<'a> {
    ground: &'a Ground,
    child: Child,
    /// `http://127.0.0.1:…`, without a slash at its end.
    pub address: String,
    /// The link that makes the first administrator.
    pub link: String,
}

impl<'a> Served<'a> {
    /// Starts it on a free port, with these arguments and this environment besides.
    pub fn start(ground: &'a Ground, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let log = File::create(ground.path("log")).expect("a log");
        let mut command = ground.command([&["serve", "--listen", "127.0.0.1:0"], arguments].concat());
        command.envs(environment.iter().copied()).stderr(log);
        let mut child = command.spawn().expect("the binary starts");
        let said = BufReader::new(child.stdout.take().expect("its output"));
        let mut lines = said.lines().map(|line| line.expect("text"));
        let mut next = || lines.next().unwrap_or_else(|| panic!("it ended: {}", read(ground)));
        let first = next();
        let address = first.strip_prefix("Damask serves ").expect(&first).trim_end_matches('/').to_owned();
        next();
        let link = next().trim().to_owned();
        Self { ground, child, address, link }
    }

    /// Asks by curl.
    pub fn curl(&self, arguments: &[&str]) -> Output {
        let output = Command::new("curl").args(["-sS", "--max-time", "20"]).args(arguments).output();
        output.expect("curl runs")
    }

    /// What curl prints, where it must end well.
    pub fn asked(&self, arguments: &[&str]) -> String {
        let output = self.curl(arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {said} {}", self.log());
        String::from_utf8(output.stdout).expect("text")
    }

    /// Sends a signal by its name.
    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &id]).status().expect("kill runs").success());
    }

    /// What it logged.
    pub fn log(&self) -> String {
        read(self.ground)
    }

    /// Waits until its log has these words.
    pub fn logs(&self, words: &str) {
        eventually(|| self.log().contains(words).then_some(()), || format!("{words}: {}", self.log()));
    }

    /// Tells it to end, and waits until it has.
    pub fn end(mut self) -> ExitStatus {
        self.signal("TERM");
        self.child.wait().expect("it ends")
    }
}

impl Drop for Served<'_> {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(ground: &Ground) -> String {
    std::fs::read_to_string(ground.path("log")).unwrap_or_default()
}

/// Asks until there is an answer, for as long as is bearable.
pub fn eventually<T>(ask: impl Fn() -> Option<T>, words: impl Fn() -> String) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(started.elapsed() < LONGEST, "it did not come: {}", words());
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// What a command prints, where it must end well.
pub fn printed(command: &mut Command) -> String {
    let mut child = command.stdout(Stdio::piped()).spawn().expect("it starts");
    let mut text = String::new();
    child.stdout.take().expect("its output").read_to_string(&mut text).expect("text");
    assert!(child.wait().expect("it ends").success(), "{command:?}");
    text
}
