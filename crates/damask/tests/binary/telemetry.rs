//! Traces and metrics for a collector on loopback, and one that is away.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use crate::{
    run::{Ground, path_text},
    served::{Served, eventually},
};

/// A trace somebody else began, as W3C Trace Context writes it and as its bytes.
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const TRACE_BYTES: [u8; 16] = 0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736_u128.to_be_bytes();
/// Longest bearable time for fifty small answers and for an end, with a collector that is of no help.
const UNHURT: Duration = Duration::from_secs(30);

/// What was posted, and the path it was posted to.
type Post = (String, Vec<u8>);

/// Takes what is posted.
struct Collector {
    address: String,
    taken: Arc<Mutex<Vec<Post>>>,
}

impl Collector {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("its address"));
        let taken = Arc::<Mutex<Vec<_>>>::default();
        let shelf = Arc::clone(&taken);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shelf = Arc::clone(&shelf);
                thread::spawn(move || {
                    while let Some(post) = take(&stream) {
                        shelf.lock().expect("whole").push(post);
                    }
                });
            }
        });
        Self { address, taken }
    }

    /// Whether something posted to `path` has these bytes in it.
    fn has(&self, path: &str, bytes: &[u8]) -> bool {
        let taken = self.taken.lock().expect("whole");
        taken.iter().any(|(at, body)| at == path && holds(body, bytes))
    }

    fn expect(&self, path: &str, bytes: &[u8], served: &Served<'_>) {
        let words = || format!("{} at {path}; {}", String::from_utf8_lossy(bytes), served.log());
        eventually(|| self.has(path, bytes).then_some(()), words);
    }
}

fn holds(body: &[u8], bytes: &[u8]) -> bool {
    body.windows(bytes.len()).any(|window| window == bytes)
}

/// One post, answered with 200.
fn take(stream: &TcpStream) -> Option<Post> {
    let mut reader = BufReader::new(stream);
    let (mut path, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end().to_ascii_lowercase();
        if let Some(rest) = line.strip_prefix("post ") {
            path = rest.split(' ').next()?.to_owned();
        } else if let Some(number) = line.strip_prefix("content-length: ") {
            length = number.parse().ok()?;
        } else if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let mut stream = stream;
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").ok()?;
    Some((path, body))
}

fn served<'a>(ground: &'a Ground, endpoint: &str) -> Served<'a> {
    let environment = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint),
        ("OTEL_SERVICE_NAME", "damask-in-a-test"),
        ("OTEL_BSP_SCHEDULE_DELAY", "100"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "300"),
    ];
    Served::start(ground, &[], &environment)
}

#[test]
fn a_collector_is_told_of_requests_jobs_and_counts_but_not_of_names() {
    let collector = Collector::start();
    let ground = Ground::new();
    ground.write("Berta Beispiel.txt", "the words of Berta");
    let served = served(&ground, &collector.address);
    let parent = format!("traceparent: 00-{TRACE}-00f067aa0ba902b7-01");
    served.asked(&["-H", &parent, &format!("{}/api/v1/setup?Berta", served.address)]);
    served.asked(&["-o", "-", &format!("{}/Berta", served.address)]);
    ground.import();

    let (traces, metrics) = ("/v1/traces", "/v1/metrics");
    for words in ["damask-in-a-test", "GET /api/v1/setup", "job describe", "http.response.status_code"] {
        collector.expect(traces, words.as_bytes(), &served);
    }
    collector.expect(traces, &TRACE_BYTES, &served);
    for name in ["http.server.request.duration", "damask.assets", "damask.jobs"] {
        collector.expect(metrics, name.as_bytes(), &served);
    }
    assert!(served.end().success());
    for (path, body) in collector.taken.lock().expect("whole").iter() {
        assert!(!holds(body, b"Berta"), "{path} names somebody: {}", String::from_utf8_lossy(body));
    }
}

#[test]
fn a_collector_that_is_away_or_never_answers_holds_nobody_up() {
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let nowhere = "http://127.0.0.1:1".to_owned();
    let endless = format!("http://{}", silent.local_addr().expect("its address"));
    for endpoint in [nowhere.clone(), endless] {
        let ground = Ground::new();
        ground.write("a.txt", "words");
        let served = served(&ground, &endpoint);
        let started = Instant::now();
        let many: Vec<String> = (0..50).map(|_| format!("{}/healthz", served.address)).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(served.asked(&many), "alive\n".repeat(50));
        assert!(started.elapsed() < UNHURT, "{endpoint}: {:?}", started.elapsed());
        assert_eq!(ground.import()[0]["outcome"], "imported");
        if endpoint == nowhere {
            served.logs("the collector takes no traces and metrics");
        }
        let ending = Instant::now();
        assert!(served.end().success());
        assert!(ending.elapsed() < UNHURT, "{endpoint}: {:?}", ending.elapsed());
    }
}

#[test]
fn a_log_file_that_was_moved_away_goes_on_under_its_name() {
    let ground = Ground::new();
    let (file, moved) = (ground.path("damask.log"), ground.path("damask.log.1"));
    let served = Served::start(&ground, &[], &[("DAMASK_LOG_FILE", path_text(&file))]);
    let lines = |path: &std::path::Path| std::fs::read_to_string(path).unwrap_or_default();
    let ask = || served.asked(&[&format!("{}/healthz", served.address)]);
    ask();
    eventually(|| lines(&file).contains("/healthz").then_some(()), || lines(&file));
    std::fs::rename(&file, &moved).expect("moved");
    served.signal("HUP");
    eventually(|| lines(&file).contains("the log goes on here").then_some(()), || lines(&file));
    ask();
    eventually(|| lines(&file).contains("/healthz").then_some(()), || lines(&file));
    assert!(!served.log().contains("/healthz"), "{}", served.log());
    assert!(served.end().success());
}
