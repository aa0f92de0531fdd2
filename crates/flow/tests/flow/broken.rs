//! Bad input of every sort: one outcome each, findings in words, and work that goes on.

use std::{
    ffi::OsStr,
    fs,
    os::unix::{ffi::OsStrExt as _, fs::symlink},
    time::{Duration, Instant},
};

use damask_flow::ingest::ArrivalOutcome::{Failed, Imported};
use damask_model::FindingCode::{self, Empty, ExtensionDiffers, OverLimit, Truncated, Undecodable};
use damask_testkit::fixtures;

use crate::library::{Library, mistaken};

/// A PNG whose header tells that size and whose picture is one byte (W3C PNG, 11.2.1 and 5.3).
pub fn png_header(width_px: u32, height_px: u32) -> Vec<u8> {
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |kind: &[u8; 4], data: &[u8]| {
        png.extend(u32::try_from(data.len()).expect("short").to_be_bytes());
        let body = [kind.as_slice(), data].concat();
        png.extend(&body);
        png.extend(crc(&body).to_be_bytes());
    };
    let header = [&width_px.to_be_bytes()[..], &height_px.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    chunk(b"IHDR", &header);
    chunk(b"IDAT", &[0x78, 0x9c, 0x63, 0, 0, 0, 1, 0, 1]);
    chunk(b"IEND", &[]);
    png
}

/// CRC-32 as PNG uses it (ISO 3309), bit by bit: a few dozen bytes.
fn crc(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 * (crc & 1)))
    };
    !bytes.iter().fold(!0, step)
}

pub async fn every_broken_or_oddly_named_file_has_one_outcome_and_a_finding(library: &mut Library) {
    library.start(2);
    let folder = library.incoming().join("Card");
    let whole = fs::read(fixtures::jpeg(640, 480)).expect("the fixture");
    let put = |name: &str, bytes: &[u8]| library.write(&format!("Card/{name}"), bytes);
    put("cut.jpg", &whole[..whole.len() / 2]);
    put("empty.jpg", b"");
    put("other.png", &whole[..whole.len() - 2]);
    put("noise.jpg", &[b"\xff\xd8\xff\xe0".as_slice(), &[0x55; 4_000]].concat());
    put("huge.png", &png_header(60_000, 60_000));
    put("new\nline.txt", b"one");
    put(&format!("{}.txt", "x".repeat(251)), b"two");
    put("-rf $(reboot) %00 \"'.txt", b"three");
    fs::write(folder.join(OsStr::from_bytes(b"odd\xff.txt")), b"four").expect("written");
    symlink("/", folder.join("root")).expect("a link");
    symlink("nowhere", folder.join("dangling")).expect("a link");
    put("good.txt", b"the lighthouse stands");
    let entries = fs::read_dir(&folder).expect("the folder").count();
    let arrivals = library.import(&[folder]).await;
    assert_eq!(arrivals.len(), entries, "one line each: {arrivals:#?}");
    library.settled().await;
    for arrival in &arrivals {
        let is_link = arrival.path.ends_with("/root") || arrival.path.ends_with("/dangling");
        assert_eq!(arrival.outcome, if is_link { Failed } else { Imported }, "{arrival:?}");
        assert_eq!(arrival.reason.is_some(), is_link, "{arrival:?}");
    }
    let expected: [(&str, &[FindingCode]); 6] = [
        ("cut.jpg", &[Truncated]),
        ("empty.jpg", &[Empty]),
        ("other.png", &[ExtensionDiffers]),
        ("noise.jpg", &[Undecodable]),
        ("huge.png", &[OverLimit]),
        ("good.txt", &[]),
    ];
    for (name, expected) in expected {
        let arrival = arrivals.iter().find(|arrival| arrival.path.ends_with(name)).expect(name);
        let found = library.findings(arrival.asset.expect("an asset")).await;
        for code in expected {
            assert!(found.contains(code), "{name}: {found:?}");
            let by_code = library.find(&format!("finding:{code}")).await;
            assert!(by_code.iter().any(|found| found == name), "{code}: {by_code:?}");
        }
        assert!(!expected.is_empty() || found.is_empty(), "{name}: {found:?}");
    }
    assert_eq!(library.find("lighthouse").await, ["good.txt"], "work goes on");
    assert_eq!(library.find("*").await.len(), entries - 2, "every one of them can be found");
    let jobs = library.status().await.jobs;
    assert_eq!(jobs.dead, 0, "a broken file is no failed job");
}

pub async fn a_path_that_climbs_is_refused(library: &mut Library) {
    library.start(0);
    for path in ["../x.txt", "a/../../x.txt", "/etc/passwd", "a/./b.txt", "a\0b.txt", "a\nb.txt", ""] {
        mistaken(library.put(path, "x").await, "bad-path");
    }
    mistaken(library.put(&"x".repeat(256), "x").await, "bad-path");
    mistaken(library.put(&"a/".repeat(3_000), "x").await, "bad-path");
    assert_eq!(library.status().await.assets, 0);
    // A path of this machine may say `..`: it is the owner's own word. The home tree never does.
    library.write("Card/inner/note.txt", b"note");
    let arrivals = library.import(&[library.incoming().join("Card/inner/../inner/..")]).await;
    let whole = library.whole(arrivals[0].asset.expect("an asset")).await;
    let folder = whole.folder.map(|(_, path)| path).unwrap_or_default();
    assert!(!folder.contains(".."), "{folder}");
}

pub async fn a_header_of_sixty_thousand_pixels_a_side_costs_a_finding_and_no_memory(library: &mut Library) {
    library.start(1);
    let started = Instant::now();
    let path = library.write("huge.png", &png_header(60_000, 60_000));
    let arrival = library.import(&[path]).await.remove(0);
    library.settled().await;
    assert!(started.elapsed() < Duration::from_secs(20), "it is refused by its header");
    let asset = arrival.asset.expect("an asset");
    let findings = library.whole(asset).await.findings;
    let over = findings.iter().find(|finding| finding.code == OverLimit).expect("a finding");
    assert!(over.detail.contains("60000"), "{}", over.detail);
    assert_eq!(library.find("width:60000").await, ["huge.png"], "what the header says is known");
}
