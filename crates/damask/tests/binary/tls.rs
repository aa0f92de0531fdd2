//! TLS by the server itself: certificates made by openssl, asked for by curl.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    process::Command,
    time::Duration,
};

use crate::{
    run::{Ground, path_text, words},
    served::{Served, printed},
};

/// A certificate for localhost that says so itself, and its key, as files `NAME.pem` and `NAME.key`.
fn certificate(ground: &Ground, name: &str, days: &str) {
    let (pem, key) = (ground.path(&format!("{name}.pem")), ground.path(&format!("{name}.key")));
    let mut openssl = Command::new("openssl");
    openssl.args(["req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]);
    openssl.args(["-subj", &format!("/CN={name}"), "-addext", "subjectAltName=DNS:localhost"]);
    openssl.args(["-addext", "basicConstraints=critical,CA:FALSE", "-days", days, "-keyout"]);
    openssl.arg(&key).arg("-out").arg(&pem).stderr(std::process::Stdio::null());
    printed(&mut openssl);
}

/// The certificate that ended long ago: only openssl's own authority backdates.
fn ended_certificate(ground: &Ground) {
    certificate(ground, "ended", "1");
    let folder = ground.path("authority");
    fs::create_dir(&folder).expect("a folder");
    fs::write(folder.join("index"), "").expect("an index");
    let lines = "[ca]\ndefault_ca=a\n[a]\ndatabase=index\nnew_certs_dir=.\nrand_serial=yes\ndefault_md=sha256\n\
        policy=p\nx509_extensions=x\n[p]\ncommonName=supplied\n[x]\nsubjectAltName=DNS:localhost\n";
    fs::write(folder.join("ca.cnf"), lines).expect("its configuration");
    let openssl = |arguments: &str| {
        let mut openssl = Command::new("openssl");
        openssl.args(arguments.split(' ')).current_dir(&folder).stderr(std::process::Stdio::null());
        printed(&mut openssl);
    };
    openssl("req -new -key ../ended.key -subj /CN=ended -out ended.csr");
    openssl(
        "ca -batch -notext -config ca.cnf -selfsign -keyfile ../ended.key -in ended.csr -out ../ended.pem \
         -startdate 20200101000000Z -enddate 20210101000000Z",
    );
}

fn settings<'a>(ground: &Ground, name: &str, texts: &'a mut Vec<String>) -> Vec<(&'static str, &'a str)> {
    *texts = ["pem", "key"].map(|end| path_text(&ground.path(&format!("{name}.{end}"))).to_owned()).to_vec();
    vec![("DAMASK_TLS_CERTIFICATE", &texts[0]), ("DAMASK_TLS_KEY", &texts[1])]
}

/// Who the server says it is.
fn shown(served: &Served<'_>, ground: &Ground, trusted: &str) -> Result<String, String> {
    let trusted = ground.path(&format!("{trusted}.pem"));
    let output =
        served.curl(&["-v", "--cacert", path_text(&trusted), &format!("{}/healthz", served.address)]);
    if output.status.success() { Ok(words(&output)) } else { Err(words(&output)) }
}

#[test]
fn people_are_served_over_tls_and_a_renewed_certificate_is_shown_without_dropping_anyone() {
    let ground = Ground::new();
    certificate(&ground, "first", "30");
    let mut texts = Vec::new();
    let served = Served::start(&ground, &["--host", "localhost"], &settings(&ground, "first", &mut texts));
    assert!(served.address.starts_with("https://localhost:"), "{}", served.address);
    let said = shown(&served, &ground, "first").expect("it is believed");
    assert!(said.contains("ALPN: server accepted h2") && said.contains("CN=first"), "{said}");
    let trusted = path_text(&ground.path("first.pem")).to_owned();
    let health = format!("{}/healthz", served.address);
    for older in [&["--http1.1"][..], &["--tls-max", "1.2"]] {
        let asked = served.asked(&[older, &["--cacert", &trusted, &health]].concat());
        assert_eq!(asked, "alive\n", "{older:?}");
    }

    // Somebody downloads while the certificate is renewed.
    let mut open = open_connection(&served, &trusted);
    certificate(&ground, "second", "30");
    for end in ["pem", "key"] {
        fs::rename(ground.path(&format!("second.{end}")), ground.path(&format!("first.{end}")))
            .expect("renewed");
    }
    served.signal("HUP");
    served.logs("a new certificate is in use");
    assert!(shown(&served, &ground, "first").expect("believed").contains("CN=second"));
    let (stdin, mut stdout) = (open.stdin.take(), open.stdout.take().expect("its output"));
    let mut stdin = stdin.expect("its input");
    stdin.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").expect("asked");
    let mut answer = String::new();
    stdout.read_to_string(&mut answer).expect("answered");
    assert!(answer.ends_with("alive\n"), "{answer}");
    drop(stdin);
    open.wait().expect("it ends");

    // Half a renewal: the pair before stays in use, and the rest of it is taken up without being told.
    certificate(&ground, "third", "30");
    fs::rename(ground.path("third.pem"), ground.path("first.pem")).expect("half");
    served.logs("the one before stays in use");
    fs::rename(ground.path("third.key"), ground.path("first.key")).expect("whole");
    crate::served::eventually(
        || shown(&served, &ground, "first").ok().filter(|said| said.contains("CN=third")),
        || served.log(),
    );
    assert!(served.end().success());
}

/// A TLS connection that has asked nothing yet.
fn open_connection(served: &Served<'_>, trusted: &str) -> std::process::Child {
    let at = served.address.trim_start_matches("https://");
    let mut child = Command::new("openssl")
        .args(["s_client", "-quiet", "-verify_return_error", "-servername", "localhost", "-CAfile", trusted])
        .args(["-connect", at])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("openssl runs");
    let stdin = child.stdin.as_mut().expect("its input");
    stdin.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("asked");
    let mut seen = Vec::new();
    let mut byte = [0];
    let stdout = child.stdout.as_mut().expect("its output");
    while !seen.ends_with(b"alive\n") {
        assert_eq!(stdout.read(&mut byte).expect("answered"), 1, "{}", String::from_utf8_lossy(&seen));
        seen.push(byte[0]);
    }
    child
}

#[test]
fn over_tls_the_session_is_kept_to_https_and_plain_http_is_told_so() {
    let ground = Ground::new();
    certificate(&ground, "first", "30");
    let mut texts = Vec::new();
    let served = Served::start(&ground, &["--host", "localhost"], &settings(&ground, "first", &mut texts));
    let token = served.link.rsplit_once("token=").expect("a token").1;
    assert!(served.link.starts_with("https://localhost:"), "{}", served.link);
    let account = format!(
        "{{\"token\":\"{token}\",\"name\":\"Ada\",\"email\":\"ada@example.org\",\"password\":\"correct horse battery\"}}"
    );
    let trusted = path_text(&ground.path("first.pem")).to_owned();
    let setup = format!("{}/api/v1/setup", served.address);
    // As a browser that says nothing of Fetch Metadata: over HTTP/2 the name is in the target alone.
    let asked = ["-i", "--http2", "--cacert", &trusted, "-H", "Content-Type: application/json", "-H"];
    let origin = format!("Origin: {}", served.address);
    let said = served.asked(&[&asked[..], &[&origin, "-d", &account, &setup]].concat());
    assert!(said.starts_with("HTTP/2 201") && said.contains("HttpOnly; SameSite=Strict; Secure"), "{said}");

    let plain = served.asked(&["-i", &served.address.replacen("https", "http", 1)]);
    assert!(plain.starts_with("HTTP/1.1 400") && plain.contains("speaks HTTPS"), "{plain}");
    let mut odd = TcpStream::connect(served.address.trim_start_matches("https://")).expect("a connection");
    odd.set_read_timeout(Some(Duration::from_secs(20))).expect("a limit");
    odd.write_all(b"\x00\x01\x02").expect("written");
    assert_eq!(odd.read(&mut [0; 64]).unwrap_or_default(), 0, "what is no TLS gets no answer");
}

#[test]
fn a_pair_that_cannot_be_is_refused_at_the_start_and_a_certificate_that_has_ended_is_told() {
    let ground = Ground::new();
    certificate(&ground, "one", "30");
    certificate(&ground, "other", "30");
    fs::write(ground.path("text.pem"), "words").expect("a file");
    fs::write(ground.path("text.key"), "words").expect("a file");
    let refused = |certificate: &str, key: &str| {
        let mut command = ground.command(["serve", "--listen", "127.0.0.1:0"]);
        command.env("DAMASK_TLS_CERTIFICATE", ground.path(certificate));
        let output = command.env("DAMASK_TLS_KEY", ground.path(key)).output().expect("the binary runs");
        assert_eq!(output.status.code(), Some(3));
        words(&output)
    };
    for (certificate, key, said) in [
        ("one.pem", "other.key", "does not belong to the certificate"),
        ("text.pem", "one.key", "has no certificate in PEM form"),
        ("one.pem", "text.key", "has no private key"),
        ("none.pem", "one.key", "cannot read"),
    ] {
        let words = refused(certificate, key);
        assert!(words.contains(said), "{certificate} {key}: {words}");
    }
    ended_certificate(&ground);
    let mut texts = Vec::new();
    let served = Served::start(&ground, &["--host", "localhost"], &settings(&ground, "ended", &mut texts));
    served.logs("the certificate has ended");
    assert!(shown(&served, &ground, "ended").is_err());
}
