//! A decoder that a hostile file has taken over: it does what it is told, up to what its walls let it do. Only
//! in this binary, which is for tests and is not shipped.
//!
//! What would hurt the machine where a wall does not hold is bounded here: the tests fail then, no more.

use std::{
    fs::{self, File},
    hint,
    io::{self, Write},
    thread,
    time::Duration,
};

use damask_media::glass::tries::{self, Inherited, Targets};

/// Most of anything that is heaped up: memory, files, threads.
const HEAP_BYTES: usize = 2 << 30;
const FILES: usize = 50_000;
const THREADS: usize = 6_000;
/// One bite of memory or output.
const BITE_BYTES: usize = 8 << 20;

/// Obeys: a word and what follows it. Says what came of it, where it comes back.
pub fn obey(words: &str) -> String {
    let (way, rest) = words.split_once(' ').unwrap_or((words, ""));
    match way {
        "try" => try_all(rest),
        "sleep" => loop {
            thread::sleep(Duration::from_secs(1));
        },
        "spin" => loop {
            hint::spin_loop();
        },
        "eat" => eat(),
        "die" => {
            let _ = io::stdout().flush();
            std::process::abort()
        }
        "panic" => panic!("a law was broken"),
        "threads" => threads(),
        "descriptors" => descriptors(),
        "talk" => talk(),
        "shout" => shout(),
        "file" => one_file(rest),
        "files" => many_files(rest),
        other => format!("not known: {other}"),
    }
}

/// Every wall, on what is really there.
fn try_all(targets: &str) -> String {
    let targets: Targets = serde_json::from_str(targets).expect("the test writes them");
    // Its own look comes after the walls: the descriptors are the glass's to tell.
    let walls = tries::all("stand-in", &targets, &Inherited::default());
    serde_json::to_string(&walls).expect("walls are plain values")
}

fn eat() -> String {
    let mut eaten = Vec::new();
    while eaten.len() * BITE_BYTES < HEAP_BYTES {
        let mut bite = vec![1_u8; BITE_BYTES];
        hint::black_box(&mut bite);
        eaten.push(bite);
        thread::sleep(Duration::from_millis(1));
    }
    format!("ate {HEAP_BYTES} bytes")
}

fn threads() -> String {
    let mut started = 0;
    let stay = || thread::sleep(Duration::from_secs(20));
    while started < THREADS && thread::Builder::new().stack_size(16 << 10).spawn(stay).is_ok() {
        started += 1;
    }
    thread::sleep(Duration::from_secs(10));
    format!("{started} threads")
}

fn descriptors() -> String {
    let mut open = Vec::new();
    // A pair of pipes needs no file, so it is open to everybody.
    while let Ok(pipe) = io::pipe() {
        open.push(pipe);
        if open.len() > THREADS {
            break;
        }
    }
    (2 * open.len()).to_string()
}

fn talk() -> String {
    let bite = vec![b'x'; BITE_BYTES];
    let mut out = io::stdout().lock();
    while out.write_all(&bite).is_ok() {}
    "nobody listens".to_owned()
}

fn shout() -> String {
    let bite = vec![b'x'; BITE_BYTES];
    let mut out = io::stderr().lock();
    while out.write_all(&bite).is_ok() {}
    "nobody listens".to_owned()
}

fn one_file(folder: &str) -> String {
    let bite = vec![b'x'; BITE_BYTES];
    let mut written = 0;
    let mut file = File::create(format!("{folder}/endless")).expect("the folder is given");
    while written < HEAP_BYTES && file.write_all(&bite).is_ok() {
        written += BITE_BYTES;
    }
    format!("wrote {written} bytes")
}

/// Files each of which is allowed.
fn many_files(folder: &str) -> String {
    let mut written = 0;
    for number in 0..FILES {
        if fs::write(format!("{folder}/{number}"), vec![b'x'; 900 << 10]).is_err() || written > HEAP_BYTES {
            break;
        }
        written += 900 << 10;
    }
    format!("wrote {written} bytes")
}
