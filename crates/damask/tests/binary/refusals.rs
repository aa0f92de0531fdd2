//! Starts that cannot be, each with a message that says what to do.

use std::{fs, net::TcpListener, os::unix::fs::PermissionsExt};

use crate::run::{Ground, path_text, words};

#[test]
fn a_port_in_use_is_said() {
    let ground = Ground::new();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("its address").to_string();
    let output = ground.run(["serve", "--listen", &address]);
    assert_eq!(output.status.code(), Some(3));
    assert!(words(&output).contains(&address) && words(&output).contains("in use"), "{}", words(&output));
}

#[test]
fn a_data_folder_that_is_a_file_is_said() {
    let ground = Ground::new();
    fs::write(ground.data(), "not a folder").expect("a file");
    let output = ground.run(["import", path_text(&ground.media())]);
    assert_eq!(output.status.code(), Some(3));
    assert!(words(&output).contains("data folder"), "{}", words(&output));
}

#[test]
fn a_data_folder_that_cannot_be_written_is_said() {
    let ground = Ground::new();
    fs::create_dir(ground.data()).expect("a folder");
    fs::set_permissions(ground.data(), fs::Permissions::from_mode(0o500)).expect("permissions");
    if fs::write(ground.data().join("probe"), "").is_ok() {
        // Root writes everywhere; then there is nothing to refuse.
        assert!(ground.run(["import", path_text(&ground.media())]).status.success());
        return;
    }
    let output = ground.run(["import", path_text(&ground.media())]);
    assert_eq!(output.status.code(), Some(3));
    assert!(words(&output).contains("data folder"), "{}", words(&output));
}

#[test]
fn a_postgresql_that_does_not_answer_is_said() {
    let ground = Ground::new();
    let output = ground.run(["status", "--database", "postgres://nobody@127.0.0.1:1/none"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(words(&output).contains("127.0.0.1:1"), "{}", words(&output));
}

#[test]
fn a_mistake_in_the_configuration_is_said() {
    let ground = Ground::new();
    let file = ground.path("damask.toml");
    fs::write(&file, "wrokers = 2\n").expect("a file");
    let output = ground.run(["status", "--config", path_text(&file)]);
    assert_eq!(output.status.code(), Some(3));
    assert!(words(&output).contains("wrokers"), "{}", words(&output));
}

#[test]
fn a_second_server_on_one_data_folder_is_refused() {
    let ground = Ground::new();
    let mut first = ground.start(["serve", "--listen", "127.0.0.1:0"]);
    let socket = ground.data().join("libraries/main/damask.sock");
    for _ in 0..200 {
        if socket.exists() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let second = ground.run(["serve", "--listen", "127.0.0.1:0"]);
    let beside = ground.run(["status", "--json"]);
    first.kill().expect("it ran");
    first.wait().expect("it is gone");
    assert_eq!(second.status.code(), Some(3));
    assert!(words(&second).contains("another"), "{}", words(&second));
    assert!(beside.status.success(), "{}", words(&beside));
}
