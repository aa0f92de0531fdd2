//! A decoder that a hostile file has taken over, as a worker and as a program: it goes for what is really
//! there (a secret, the work of another, sockets, the server), and for the machine. What cannot be contained
//! for want of a wall in this kernel is said on standard error, and is no failure.

mod fixture;

use std::{
    fs,
    net::{TcpListener, UdpSocket},
    os::{
        linux::net::SocketAddrExt,
        unix::net::{SocketAddr, UnixListener},
    },
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use damask_media::{
    Glass, Limits,
    glass::{
        Ran, Run, Wall,
        tries::{self, Inherited, Targets},
    },
};
use damask_model::FindingCode;
use fixture::Studio;

fn tight() -> Limits {
    Limits {
        wall: Duration::from_secs(5),
        cpu: Duration::from_secs(2),
        memory_bytes: 300 << 20,
        output_bytes: 4 << 20,
    }
}

fn glass(studio: &Studio) -> Glass {
    studio.glass_with(|config| {
        let program = Path::new(env!("CARGO_BIN_EXE_damask-glass"));
        config.program_directories =
            vec![program.parent().expect("a folder").into(), "/usr/bin".into(), "/bin".into()];
        config.arguments = vec!["stand-in".into()];
        config.limits = tight();
        config.workers = 1;
    })
}

async fn program(glass: &Glass, words: &str, own: &Path) -> Ran {
    let run = Run::new("damask-glass").argument("mischief").argument(words).write(own).limits(tight());
    glass.run(run).await.expect("the parent is well")
}

/// What perl's `syscall` answers behind the glass.
async fn system_call(glass: &Glass, call: &str) -> String {
    let script = format!("my $made = syscall({call}); print $made; exit");
    let run = Run::new("perl").arguments(["-e", &script]).limits(tight());
    let ran = glass.run(run).await.expect("the parent is well");
    String::from_utf8_lossy(&ran.stdout).into_owned()
}

/// A secret, somebody else's scratch folder and doors that answer.
struct Town {
    studio: Studio,
    secret: PathBuf,
    own: PathBuf,
    targets: Targets,
    _doors: (TcpListener, UdpSocket, UnixListener, UnixListener),
}

impl Town {
    fn new() -> Self {
        let studio = Studio::new();
        let secret = studio.file("secret.txt", b"the secret");
        let (own, other) = (studio.path().join("own"), studio.path().join("other-job"));
        for folder in [&own, &other] {
            fs::create_dir(folder).expect("a folder");
        }
        let others = studio.file("other-job/work.txt", b"somebody else's");
        let tcp = TcpListener::bind("127.0.0.1:0").expect("a door");
        let network = tcp.local_addr().expect("bound").to_string();
        let udp = UdpSocket::bind(&network).expect("a door");
        let socket = studio.path().join("damask.sock");
        let local = UnixListener::bind(&socket).expect("a door");
        let abstract_socket = format!("damask-{}", studio.path().display());
        let name = SocketAddr::from_abstract_name(&abstract_socket).expect("a name");
        let nameless = UnixListener::bind_addr(&name).expect("a door");
        let read = vec![
            secret.clone(),
            others,
            "/etc/passwd".into(),
            format!("/proc/{}/environ", std::process::id()).into(),
            format!("/proc/{}/fd", std::process::id()).into(),
        ];
        let targets = Targets {
            read,
            folder: studio.path().into(),
            victim: Some(secret.clone()),
            network,
            socket,
            abstract_socket,
            own_folder: Some(own.clone()),
        };
        Self { studio, secret, own, targets, _doors: (tcp, udp, local, nameless) }
    }

    fn words(&self) -> String {
        format!("try {}", serde_json::to_string(&self.targets).expect("plain values"))
    }

    /// Every wall holds, but for those that this kernel cannot build; and nothing has changed.
    async fn check(&self, glass: &Glass, said: &str) {
        let walls: Vec<Wall> = serde_json::from_str(said).unwrap_or_else(|_| panic!("it said {said}"));
        assert!(walls.len() > 10, "{walls:#?}");
        let kernel = glass.walls().await.expect("walls");
        let landlock = kernel.iter().any(|wall| wall.name == "kernel: landlock" && wall.holds);
        for wall in walls {
            if !wall.holds && !landlock && wall.name.contains("foreign file") {
                eprintln!("this kernel cannot contain: {wall:?}");
                continue;
            }
            assert!(wall.holds, "{wall:?}");
        }
        if landlock {
            assert_eq!(fs::read(&self.secret).expect("it is there"), b"the secret");
        }
    }
}

#[tokio::test]
async fn a_worker_that_was_taken_over_reaches_nothing() {
    let mut town = Town::new();
    // It has no folder at all.
    town.targets.own_folder = None;
    let glass = glass(&town.studio);
    let said =
        glass.stand_in(&town.words()).await.expect("the parent is well").expect("it says what it could");
    town.check(&glass, &said).await;
}

#[tokio::test]
async fn a_program_that_was_taken_over_reaches_nothing() {
    let town = Town::new();
    let glass = glass(&town.studio);
    let ran = program(&glass, &town.words(), &town.own).await;
    assert!(ran.succeeded(), "{}", ran.complaint());
    town.check(&glass, &String::from_utf8_lossy(&ran.stdout)).await;
}

#[test]
fn who_is_behind_no_wall_does_reach_them() {
    // Else what is refused behind the walls would prove nothing.
    let town = Town::new();
    let walls = tries::reach("free", &town.targets);
    assert_eq!(walls.len(), 6);
    for wall in walls {
        assert!(!wall.holds, "{wall:?}");
        assert!(wall.detail.contains("not refused"), "{wall:?}");
    }
    assert_eq!(fs::read(&town.secret).expect("another is there"), b"x", "it was taken and replaced");
}

#[test]
fn what_is_inherited_is_seen() {
    let walls = tries::given("free", &Inherited::look());
    let settings = walls.iter().find(|wall| wall.name.ends_with("setting")).expect("it was looked at");
    assert!(!settings.holds && settings.detail.contains("CARGO"), "{settings:?}");
}

async fn check_stopped(words: &str, expected: FindingCode) {
    let studio = Studio::new();
    let own = studio.path().join("own");
    fs::create_dir(&own).expect("a folder");
    let glass = glass(&studio);
    let started = Instant::now();
    let ran = program(&glass, &words.replace("OWN", own.to_str().expect("a name")), &own).await;
    let said = String::from_utf8_lossy(&ran.stdout[..ran.stdout.len().min(100)]).into_owned();
    let finding = ran.finding.unwrap_or_else(|| panic!("{words}: {:?}, it said {said}", ran.end));
    assert_eq!(finding.code, expected, "{words}: {finding:?}");
    assert!(started.elapsed() < Duration::from_secs(15), "{words}: within its limit");
}

#[tokio::test]
async fn a_program_that_never_ends_is_ended() {
    check_stopped("sleep", FindingCode::DecoderStopped).await;
    check_stopped("spin", FindingCode::DecoderStopped).await;
}

#[tokio::test]
async fn a_program_that_eats_memory_or_threads_is_ended() {
    check_stopped("eat", FindingCode::DecoderStopped).await;
    check_stopped("threads", FindingCode::DecoderStopped).await;
}

#[tokio::test]
async fn a_program_that_says_too_much_is_ended() {
    check_stopped("talk", FindingCode::OverLimit).await;
    // Nobody keeps what it shouts, so only its time is up.
    check_stopped("shout", FindingCode::DecoderStopped).await;
}

#[tokio::test]
async fn a_program_that_fills_the_disk_is_ended() {
    check_stopped("file OWN", FindingCode::OverLimit).await;
    check_stopped("files OWN", FindingCode::OverLimit).await;
}

#[tokio::test]
async fn a_program_opens_no_more_than_its_share() {
    let studio = Studio::new();
    let ran = program(&glass(&studio), "descriptors", studio.path()).await;
    let opened: u32 = String::from_utf8_lossy(&ran.stdout).trim().parse().expect("a number");
    assert!((100..=256).contains(&opened), "{opened}");
}

#[tokio::test]
async fn a_worker_opens_and_starts_no_more_than_its_share() {
    let studio = Studio::new();
    let glass = glass(&studio);
    let opened = glass.stand_in("descriptors").await.expect("well").expect("a number");
    assert!((20..=64).contains(&opened.parse::<u32>().expect("a number")), "{opened}");
    let finding = glass.stand_in("threads").await.expect("well").expect_err("too many");
    assert_eq!(finding.code, FindingCode::DecoderStopped, "{finding:?}");
}

#[tokio::test]
async fn a_program_that_ignores_the_request_to_end_is_ended() {
    let studio = Studio::new();
    let script = "$SIG{$_} = 'IGNORE' for qw(TERM INT HUP XCPU XFSZ PIPE); 1 while 1";
    let run = Run::new("perl").arguments(["-e", script]).limits(tight());
    let ran = glass(&studio).run(run).await.expect("the parent is well");
    assert!(ran.finding.is_some(), "{ran:?}");
}

/// The numbers are those of x86-64.
#[cfg(target_arch = "x86_64")]
#[tokio::test]
async fn a_program_makes_no_second_process_by_any_call() {
    let studio = Studio::new();
    let glass = glass(&studio);
    // fork, vfork, clone with the signal SIGCHLD alone and as vfork, clone3 (whose flags lie in memory).
    for call in
        ["57", "58", "56, 17, 0, 0, 0, 0", "56, 17 | 0x4000, 0, 0, 0, 0", "435, my $flags = 'x' x 88, 88"]
    {
        assert_eq!(system_call(&glass, call).await, "-1", "{call}");
    }
}

/// On a kernel with the x32 ABI they would pass a list of the usual numbers.
#[cfg(target_arch = "x86_64")]
#[tokio::test]
async fn the_same_calls_by_other_numbers_are_refused() {
    let studio = Studio::new();
    let glass = glass(&studio);
    for call in ["0x40000000 + 41, 1, 1, 0", "0x40000000 + 57"] {
        assert_eq!(system_call(&glass, call).await, "-1", "{call}");
    }
}
