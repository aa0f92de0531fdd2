//! System calls of a server as strace wrote them down: which one, on what, with which bytes, and when each began and
//! ended among all others.
//!
//! strace is started with `-f -D -yy -xx`: all threads, the server itself as our child, descriptors with their paths,
//! every string in hexadecimal digits. It writes what happens in the order in which it happens: a call that must come
//! after another's end stands below that end.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// Calls that change files, make them durable, or send bytes away.
const CALLS: &str = "openat,openat2,open,creat,write,pwrite64,writev,pwritev,pwritev2,sendto,sendmsg,sendfile,splice,\
    copy_file_range,fallocate,ftruncate,truncate,fsync,fdatasync,syncfs,sync_file_range,rename,renameat,renameat2,link,linkat,\
    symlink,symlinkat,unlink,unlinkat,mkdir,mkdirat,rmdir";
/// Longest string that is kept, bytes: longer than any piece that is written at once.
const STRING_BYTES_MAX: &str = "33554432";

/// One call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Its name.
    pub name: String,
    /// Its arguments.
    pub arguments: Vec<Argument>,
    /// What it answered; below zero where it failed.
    pub answer: i64,
    /// Its place among all beginnings and ends.
    pub begun: usize,
    /// The place of its end.
    pub ended: usize,
}

/// One argument of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Argument {
    /// A descriptor (or `AT_FDCWD`) and the path it stands for.
    Descriptor(PathBuf),
    /// Bytes, of a path or of data; those of a list stand one after another.
    Bytes(Vec<u8>),
    /// Anything else, as it was written.
    Word(String),
}

/// What a server is started by, so that its calls are written down in `file`.
#[must_use]
pub fn tracer(file: &Path) -> Vec<String> {
    let words = ["strace", "-f", "-D", "-yy", "-xx", "--seccomp-bpf", "-q", "-s", STRING_BYTES_MAX, "-e"];
    let mut words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    words.extend([format!("trace={CALLS}"), "-e".to_owned(), "signal=none".to_owned()]);
    words.extend(["-o".to_owned(), file.display().to_string()]);
    words
}

/// What a server is started by, so that calls of these names fail with this error: the one of this number (of each
/// thread), and from there each so many more.
#[must_use]
pub fn harm(calls: &str, error: &str, first: u64, each: u64) -> Vec<String> {
    let words = ["strace", "-f", "-D", "--seccomp-bpf", "-q", "-o", "/dev/null", "-e"];
    let mut words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    let inject = format!("inject={calls}:error={error}:when={first}+{each}");
    words.extend([format!("trace={calls}"), "-e".to_owned(), "signal=none".to_owned()]);
    words.extend(["-e".to_owned(), inject]);
    words
}

/// Why calls can not be written down here, if they can not.
#[must_use]
pub fn hindrance() -> Option<String> {
    let tried = Command::new("strace")
        .args(["-f", "-D", "--seccomp-bpf", "-e", "trace=fsync", "-o", "/dev/null", "true"])
        .stdin(Stdio::null())
        .output();
    match tried {
        Err(why) => Some(format!("strace cannot be started: {why}")),
        Ok(tried) if tried.status.success() && tried.stderr.is_empty() => None,
        Ok(tried) => Some(format!("strace may not trace: {}", String::from_utf8_lossy(&tried.stderr).trim())),
    }
}

/// All calls that ended, in the order of their ends.
pub fn read(text: &str) -> Result<Vec<Call>> {
    let mut open: HashMap<&str, (usize, &str)> = HashMap::new();
    let mut calls = Vec::new();
    for (place, line) in text.lines().enumerate() {
        let (thread, rest) = line.split_once(' ').context("a line begins with its thread")?;
        let rest = rest.trim_start();
        if rest.starts_with("+++") || rest.starts_with("---") {
            open.remove(thread);
        } else if let Some(first) = rest.strip_suffix("<unfinished ...>") {
            open.insert(thread, (place, first));
        } else if let Some(resumed) = rest.strip_prefix("<... ") {
            let Some((begun, first)) = open.remove(thread) else { continue };
            let (_, last) = resumed.split_once(" resumed>").context("a call that is resumed says so")?;
            calls.extend(call(&format!("{first}{last}"), begun, place).with_context(|| line.to_owned())?);
        } else {
            calls.extend(
                call(rest, place, place).with_context(|| line.chars().take(300).collect::<String>())?,
            );
        }
    }
    Ok(calls)
}

/// A call from its text; none where it never came back.
fn call(text: &str, begun: usize, ended: usize) -> Result<Option<Call>> {
    let (name, rest) = text.split_once('(').context("a call has arguments")?;
    let (inside, answer) = rest.rsplit_once(" = ").context("a call has an answer")?;
    let Some(answer) = answer.split(' ').next().filter(|answer| *answer != "?") else { return Ok(None) };
    // An answered descriptor bears its path: `3</a/b>`.
    let answer = answer.split('<').next().unwrap_or_default();
    let answer = answer.parse().or_else(|_| i64::from_str_radix(answer.trim_start_matches("0x"), 16));
    let answer = answer.context("an answer is a number")?;
    let inside = inside.trim_end();
    let inside = inside.strip_suffix(')').context("arguments end")?;
    let arguments = split(inside).into_iter().map(argument).collect::<Result<_>>()?;
    Ok(Some(Call { name: name.to_owned(), arguments, answer, begun, ended }))
}

/// The arguments, at commas that stand in nothing.
fn split(inside: &str) -> Vec<&str> {
    let (mut parts, mut from, mut depth, mut quoted) = (Vec::new(), 0, 0_i32, false);
    let bytes = inside.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            // Strings are in hexadecimal digits: no quote stands in one.
            b'"' => quoted = !quoted,
            _ if quoted => {}
            // `->` in the name of a socket closes nothing.
            b'>' if at > 0 && bytes[at - 1] == b'-' => {}
            b'[' | b'{' | b'<' | b'(' => depth += 1,
            b']' | b'}' | b'>' | b')' => depth -= 1,
            b',' if depth == 0 => {
                parts.push(inside[from..at].trim());
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(inside[from..].trim());
    parts
}

fn argument(text: &str) -> Result<Argument> {
    if text.starts_with('"') || (text.starts_with(['[', '{']) && text.contains('"')) {
        let mut bytes = Vec::new();
        // What stands between quotes is bytes, what does not is not.
        for (number, part) in text.split('"').enumerate() {
            if number % 2 == 1 {
                unhex(part, &mut bytes)?;
            }
        }
        return Ok(Argument::Bytes(bytes));
    }
    let is_descriptor =
        text.starts_with(|first: char| first.is_ascii_digit()) || text.starts_with("AT_FDCWD");
    if is_descriptor
        && let Some((_, path)) = text.split_once('<')
        && let Some(path) = path.strip_suffix('>').or_else(|| path.strip_suffix(">(deleted)"))
    {
        let mut bytes = Vec::new();
        if path.starts_with("\\x") {
            unhex(path.split('<').next().unwrap_or_default(), &mut bytes)?;
        }
        return Ok(Argument::Descriptor(PathBuf::from(String::from_utf8_lossy(&bytes).into_owned())));
    }
    Ok(Argument::Word(text.to_owned()))
}

/// `\x61\x62` as bytes.
fn unhex(text: &str, into: &mut Vec<u8>) -> Result<()> {
    let digit = |digit: u8| match digit {
        b'0'..=b'9' => Ok(digit - b'0'),
        b'a'..=b'f' => Ok(digit - b'a' + 10),
        _ => bail!("{:?} is no hexadecimal digit", char::from(digit)),
    };
    for four in text.as_bytes().chunks(4) {
        match four {
            [b'\\', b'x', high, low] => into.push(digit(*high)? * 16 + digit(*low)?),
            _ => bail!("{text:?} is not in hexadecimal digits"),
        }
    }
    Ok(())
}

impl Call {
    /// A path argument, below the descriptor before it where it is relative.
    #[must_use]
    pub fn path(&self, number: usize) -> Option<PathBuf> {
        let Argument::Bytes(path) = self.arguments.get(number)? else { return None };
        let path = PathBuf::from(String::from_utf8_lossy(path).into_owned());
        match number.checked_sub(1).and_then(|before| self.arguments.get(before)) {
            Some(Argument::Descriptor(folder)) => Some(folder.join(path)),
            _ => Some(path),
        }
    }

    /// A descriptor's path.
    #[must_use]
    pub fn descriptor(&self, number: usize) -> Option<&Path> {
        match self.arguments.get(number)? {
            Argument::Descriptor(path) => Some(path),
            _ => None,
        }
    }

    /// The bytes of its data.
    #[must_use]
    pub fn data(&self) -> &[u8] {
        let data = self.arguments.iter().rev().find_map(|argument| match argument {
            Argument::Bytes(bytes) => Some(bytes.as_slice()),
            _ => None,
        });
        data.unwrap_or_default()
    }

    /// A number among its arguments.
    pub fn number(&self, number: usize) -> Result<u64> {
        let word = match self.arguments.get(number) {
            Some(Argument::Word(word)) => word,
            other => bail!("{} has {other:?} for a number", self.name),
        };
        // `[4096] => [8192]`: what it was before.
        let word = word.split(" =>").next().unwrap_or_default().trim_matches(['[', ']']);
        word.parse().with_context(|| format!("{word:?} of {} is a number", self.name))
    }

    /// Whether a word of its arguments has these letters.
    #[must_use]
    pub fn says(&self, letters: &str) -> bool {
        self.arguments
            .iter()
            .any(|argument| matches!(argument, Argument::Word(word) if word.contains(letters)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_read_with_their_bytes_their_paths_and_their_order() {
        let text = concat!(
            r#"7 pwrite64(3<\x2f\x64\x2f\x61>, "\x68\x69", 2, 40 <unfinished ...>"#,
            "\n",
            r#"8 fsync(4<\x2f\x64>) = 0"#,
            "\n",
            r#"7 <... pwrite64 resumed>) = 2"#,
            "\n",
            r#"8 writev(9<UNIX-STREAM:[11->12, "\x2f\x73"]>, [{iov_base="\x61", iov_len=1}, {iov_base="\x62", iov_len=1}], 2) = 2"#,
            "\n",
            r#"8 unlinkat(4<\x2f\x64>, "\x61", 0) = -1 ENOENT (No such file or directory)"#,
            "\n8 +++ exited with 0 +++\n",
        );
        let calls = read(text).unwrap();
        let named: Vec<(&str, usize, usize)> =
            calls.iter().map(|call| (call.name.as_str(), call.begun, call.ended)).collect();
        assert_eq!(named, [("fsync", 1, 1), ("pwrite64", 0, 2), ("writev", 3, 3), ("unlinkat", 4, 4)]);
        assert_eq!(calls[0].descriptor(0), Some(Path::new("/d")));
        assert_eq!((calls[1].data(), calls[1].number(3).unwrap()), (&b"hi"[..], 40));
        assert_eq!(calls[2].data(), b"ab");
        assert_eq!((calls[3].path(1), calls[3].answer), (Some(PathBuf::from("/d/a")), -1));
    }
}
