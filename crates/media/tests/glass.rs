//! What a process behind the glass may do to us: nothing but cost one request.

mod fixture;

use std::time::{Duration, Instant};

use damask_media::{
    CancellationToken, Limits, MediaError,
    glass::{End, Run},
    picture,
};
use damask_model::FindingCode;
use fixture::{Studio, checkerboard};
use futures::FutureExt;

/// Limits small enough to be met within a test.
fn tight() -> Limits {
    Limits {
        wall: Duration::from_millis(1_500),
        cpu: Duration::from_millis(700),
        memory_bytes: 300 << 20,
        output_bytes: 1 << 20,
    }
}

async fn check_misbehaviour(way: &str, expected: FindingCode) {
    let studio = Studio::new();
    let glass = studio.glass_with(|config| {
        config.limits = tight();
        config.arguments = vec!["stand-in".into()];
        config.workers = 1;
    });
    let finding = glass.stand_in(way).await.expect("the parent is well").expect_err("a finding");
    assert_eq!(finding.code, expected, "{finding:?}");
    // The next request is served as if nothing had been.
    let source = studio.file("next.png", &checkerboard(40, 30));
    let previews = picture::previews(&glass, &source, studio.path()).await.expect("the parent is well");
    assert_eq!(previews.rungs.len(), 1, "{:?}", previews.probe.findings);
}

#[tokio::test]
async fn a_worker_that_sleeps_costs_one_request() {
    check_misbehaviour("sleep", FindingCode::DecoderStopped).await;
}

#[tokio::test]
async fn a_worker_that_never_ends_costs_one_request() {
    check_misbehaviour("spin", FindingCode::DecoderStopped).await;
}

#[tokio::test]
async fn a_worker_that_eats_memory_costs_one_request() {
    check_misbehaviour("eat", FindingCode::DecoderStopped).await;
}

#[tokio::test]
async fn a_worker_that_dies_costs_one_request() {
    check_misbehaviour("die", FindingCode::DecoderDied).await;
}

#[tokio::test]
async fn a_worker_that_breaks_its_own_law_costs_one_request() {
    check_misbehaviour("panic", FindingCode::DecoderDied).await;
}

#[tokio::test]
async fn a_worker_killed_between_requests_costs_nothing() {
    let studio = Studio::new();
    let glass = studio.glass_with(|config| config.workers = 1);
    let source = studio.file("a.png", &checkerboard(40, 30));
    for round in 0..3 {
        let previews = picture::previews(&glass, &source, studio.path()).await.expect("the parent is well");
        assert_eq!(previews.rungs.len(), 1, "round {round}: {:?}", previews.probe.findings);
        for worker in glass.idle_workers() {
            let worker = rustix::process::Pid::from_raw(worker.cast_signed()).expect("a process id");
            rustix::process::kill_process(worker, rustix::process::Signal::KILL).expect("killed");
        }
    }
}

#[tokio::test]
async fn workers_are_reused_and_replaced_in_time() {
    let studio = Studio::new();
    let glass = studio.glass_with(|config| {
        config.workers = 1;
        config.requests_per_worker = 2;
    });
    let source = studio.file("a.png", &checkerboard(40, 30));
    let mut workers = Vec::new();
    for _ in 0..4 {
        picture::previews(&glass, &source, studio.path()).await.expect("previews");
        workers.push(glass.idle_workers());
    }
    assert_eq!(workers[0].len(), 1, "the worker waits for its second request");
    assert!(workers[1].is_empty(), "and is gone after it");
    assert_ne!(workers[0], workers[2], "another has taken its place");
}

async fn check_rest(caller_stays: bool) {
    let studio = Studio::new();
    let glass = studio.glass_with(|config| config.rest_after = Duration::from_millis(200));
    let source = studio.file("a.png", &checkerboard(40, 30));
    let mut request = Box::pin(picture::previews(&glass, &source, studio.path()));
    assert!(request.as_mut().now_or_never().is_none(), "it has begun");
    let asked = Instant::now();
    // This thread is the one that timers run on: none does before the worker was seen to wait.
    while glass.idle_workers().is_empty() {
        assert!(asked.elapsed() < Duration::from_secs(30), "the worker waits for its next request");
        std::thread::sleep(Duration::from_millis(5));
    }
    if caller_stays {
        request.await.expect("previews");
    } else {
        drop(request);
    }
    let answered = Instant::now();
    while !glass.idle_workers().is_empty() {
        assert!(answered.elapsed() < Duration::from_secs(30), "its memory is given back");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn workers_that_nobody_asks_are_let_go() {
    check_rest(true).await;
}

#[tokio::test]
async fn a_worker_whose_last_caller_went_away_is_let_go() {
    check_rest(false).await;
}

#[tokio::test]
async fn a_worker_for_the_product_does_not_obey_stand_in_requests() {
    let studio = Studio::new();
    let finding = studio.glass().stand_in("sleep").await.expect("answer").expect_err("a finding");
    assert_eq!(finding.code, FindingCode::Undecodable);
}

#[tokio::test]
async fn the_walls_are_tried_from_inside_and_reported() {
    let studio = Studio::new();
    let walls = studio.glass().walls().await.expect("walls");
    let wall = |name: &str| {
        walls.iter().find(|wall| wall.name == name).unwrap_or_else(|| panic!("{name}: {walls:#?}"))
    };
    // Files are guarded by landlock, which a kernel may lack: then the report says so.
    let landlock = wall("kernel: landlock").holds;
    for who in ["workers", "programs"] {
        for what in ["no foreign file is read", "no foreign file is changed"] {
            let wall = wall(&format!("{who}: {what}"));
            assert_eq!(wall.holds, landlock, "{wall:?}");
        }
        for what in [
            "no link is laid",
            "no network",
            "no second process",
            "no other user",
            "no service of the kernel",
            "no memory unseen",
            "no inherited descriptor",
            "no inherited setting",
            "dies with the server",
            "no power of root's",
            "limits",
        ] {
            let wall = wall(&format!("{who}: {what}"));
            assert!(wall.holds, "{wall:?}");
        }
    }
    assert_eq!(wall("programs: no other program").holds, landlock);
}

#[tokio::test]
async fn a_program_signals_itself_and_nobody_else() {
    let studio = Studio::new();
    let glass = studio.glass();
    // Signal 0 asks whether one could be sent. Perl can make any call of the system.
    let calls = [
        ("kill", libc::SYS_kill, "0"),
        ("tkill", libc::SYS_tkill, "0"),
        ("tgkill", libc::SYS_tgkill, "$to, 0"),
        ("rt_sigqueueinfo", libc::SYS_rt_sigqueueinfo, "0, 0"),
        ("rt_tgsigqueueinfo", libc::SYS_rt_tgsigqueueinfo, "$to, 0, 0"),
    ];
    for (name, number, rest) in calls {
        for (whose, refused) in [("getppid()", true), ("$$", false)] {
            let script =
                format!("my $to = {whose}; syscall({number}, $to, {rest}); print $!{{EPERM}} ? 1 : 0");
            let run = Run::new("perl").arguments(["-MErrno", "-e", &script]).limits(tight());
            let ran = glass.run(run).await.expect("perl runs");
            let seen = String::from_utf8_lossy(&ran.stdout).into_owned();
            assert_eq!(seen, if refused { "1" } else { "0" }, "{name} to {whose}: {}", ran.complaint());
        }
    }
}

#[tokio::test]
async fn a_program_that_computes_too_long_is_ended() {
    let studio = Studio::new();
    let glass = studio.glass();
    let limits = Limits { cpu: Duration::from_secs(1), wall: Duration::from_secs(30), ..tight() };
    let run = Run::new("sh").arguments(["-c", "while :; do :; done"]).limits(limits);
    let ran = glass.run(run).await.expect("run");
    assert_eq!(ran.finding.expect("a finding").code, FindingCode::DecoderStopped);
}

#[tokio::test]
async fn a_program_that_is_not_installed_is_a_finding() {
    let studio = Studio::new();
    let ran = studio.glass().run(Run::new("no-such-program")).await.expect("run");
    assert_eq!(ran.end, End::Missing);
    assert_eq!(ran.finding.expect("a finding").code, FindingCode::DecoderMissing);
}

#[tokio::test]
async fn a_cancelled_run_ends_at_once() {
    let studio = Studio::new();
    let stop = CancellationToken::new();
    let cancel = stop.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(200)).await;
        cancel.cancel();
    });
    let started = Instant::now();
    let run = Run::new("sleep").argument("30");
    let ran = studio.glass().run_with(run, stop, |_| {}).await;
    assert!(matches!(ran, Err(MediaError::Cancelled)), "{ran:?}");
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn what_we_know_of_the_environment_is_not_handed_on() {
    let studio = Studio::new();
    let ran = studio.glass().run(Run::new("env").limits(tight())).await.expect("run");
    let text = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert!(!text.contains("CARGO"), "{text}");
    assert!(text.contains("LANG=C.UTF-8"), "{text}");
}

#[tokio::test]
async fn nothing_is_left_in_the_scratch_folder() {
    let studio = Studio::new();
    let glass = studio.glass();
    let source = studio.file("broken.heic", b"not a picture at all");
    picture::previews(&glass, &source, studio.path()).await.expect("previews");
    let left: Vec<_> = std::fs::read_dir(&glass.config().scratch).expect("scratch").collect();
    assert!(left.is_empty(), "{left:?}");
}
