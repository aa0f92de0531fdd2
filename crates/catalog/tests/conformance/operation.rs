//! What keeps the house running: cursors, dates, observations, the ledger, uploads, people.

use std::sync::Arc;

use damask_catalog::{
    Catalog, CatalogError, Tx, accounts, cursors, due, effects, idempotency, keys, observations, sessions,
    setup_links, uploads,
};
use damask_model::{ActorId, DueId, FactId, KeyId, Seq, UploadId, UserId, Uuid};
use damask_time::Instant;
use serde_json::json;

use crate::library::{Answer, Library, state, state_as, write};

pub async fn a_readers_cursor_is_durable_and_may_be_reset(library: Arc<Library>) -> Answer {
    let catalog = library.open().await?;
    assert_eq!(cursors::get(&mut catalog.read().await?, "index").await?, None);
    for seq in [3, 8] {
        write(&catalog, async move |tx| cursors::set(tx, "index", Seq(seq)).await).await?;
    }
    catalog.close().await;
    let catalog = library.open().await?;
    assert_eq!(cursors::get(&mut catalog.read().await?, "index").await?, Some(Seq(8)));
    write(&catalog, async |tx| cursors::reset(tx, "index").await).await?;
    assert_eq!(cursors::get(&mut catalog.read().await?, "index").await?, None);
    Ok(())
}

pub async fn a_date_comes_due_once(library: Arc<Library>) -> Answer {
    let catalog = library.open().await?;
    let (now, subject) = (library.now(), Uuid::now_v7());
    let date = move |what: &str, seconds| due::Due {
        id: DueId::fresh(),
        at: now.plus_seconds(seconds),
        subject,
        what: what.into(),
        payload: json!({"n": seconds}),
    };
    write(&catalog, async move |tx| {
        due::set(tx, &date("embargo", 10)).await?;
        due::set(tx, &date("embargo", 30)).await?;
        due::set(tx, &date("expiry", 20)).await?;
        due::set(tx, &date("gone", 5)).await?;
        due::clear(tx, subject, "gone").await
    })
    .await?;
    assert_eq!(due::next(&mut catalog.read().await?).await?, Some(now.plus_seconds(20)));
    let take = |at: Instant| write(&catalog, async move |tx| due::take_due(tx, at, 10).await);
    assert!(take(now.plus_seconds(19)).await?.is_empty());
    let taken = take(now.plus_seconds(60)).await?;
    let whats: Vec<&str> = taken.iter().map(|due| due.what.as_str()).collect();
    assert_eq!(whats, ["expiry", "embargo"], "the oldest first; a date set again is moved");
    assert!(take(now.plus_seconds(60)).await?.is_empty());
    Ok(())
}

pub async fn observations_are_added_up_by_the_hour_and_expire(library: Arc<Library>) -> Answer {
    let catalog = library.open().await?;
    let (subject, hour) = (Uuid::now_v7(), observations::hour_of(library.now()));
    let seen = move |seconds, count| observations::Observation {
        kind: "view".into(),
        subject,
        hour: hour.plus_seconds(seconds),
        count,
    };
    for _ in 0..2 {
        write(&catalog, async move |tx| {
            observations::add(tx, &[seen(0, 1), seen(3_599, 2), seen(3_600, 4)], 24).await
        })
        .await?;
    }
    let hours = observations::of_subject(&mut catalog.read().await?, "view", subject, hour, 10).await?;
    assert_eq!(hours.iter().map(|seen| seen.count).collect::<Vec<_>>(), [6, 8]);
    let after = hour.plus_seconds(24 * 3_600);
    assert_eq!(write(&catalog, async move |tx| observations::expire(tx, after).await).await?, 1);
    let head = damask_catalog::journal::head(&mut catalog.read().await?).await?;
    assert_eq!(head, Seq(0), "observations are no facts");
    Ok(())
}

pub async fn an_effect_is_begun_once(library: Arc<Library>) -> Answer {
    let catalog = library.open().await?;
    let begin = || write(&catalog, async |tx| effects::begin(tx, "mail 1", "mail").await);
    assert_eq!(begin().await?, effects::Effect::New);
    assert_eq!(begin().await?, effects::Effect::Begun);
    write(&catalog, async |tx| effects::abandon(tx, "mail 1").await).await?;
    assert_eq!(begin().await?, effects::Effect::New);
    write(&catalog, async |tx| effects::finish(tx, "mail 1", &json!({"id": 7})).await).await?;
    assert_eq!(begin().await?, effects::Effect::Made(json!({"id": 7})));
    Ok(())
}

pub async fn an_idempotency_key_answers_the_same_request_again(library: Arc<Library>) -> Answer {
    use idempotency::Known;
    let catalog = library.open().await?;
    let actor = ActorId::fresh();
    let expires = library.now().plus_seconds(100);
    let begin = |digest: u8| {
        write(&catalog, async move |tx| idempotency::begin(tx, "k", actor, [digest; 32], expires).await)
    };
    assert_eq!(begin(1).await?, Known::New);
    assert_eq!(begin(1).await?, Known::Running);
    assert_eq!(begin(2).await?, Known::Differs);
    let later = expires.plus_seconds(100);
    write(&catalog, async move |tx| idempotency::answer(tx, "k", actor, (201, "made"), later).await).await?;
    assert_eq!(begin(1).await?, Known::Answered { status: 201, response: "made".into() });
    library.pass(100);
    assert_eq!(begin(2).await?, Known::Differs, "an answer is kept longer than the doing of it");
    library.pass(100);
    assert_eq!(begin(2).await?, Known::New, "an expired key is as good as new");
    write(&catalog, async move |tx| idempotency::forget(tx, "k", actor).await).await?;
    assert_eq!(begin(3).await?, Known::New);
    let now = library.now();
    let fill = async move |tx: &mut Tx| {
        for number in 0..3 {
            idempotency::begin(tx, &format!("k{number}"), actor, [0; 32], now).await?;
        }
        Ok(())
    };
    write(&catalog, fill).await?;
    let expire = || write(&catalog, async move |tx| idempotency::expire(tx, now, 3).await);
    assert_eq!((expire().await?, expire().await?, expire().await?), (3, 1, 0), "so many at once");
    Ok(())
}

pub async fn an_upload_moves_only_from_where_it_stands(library: Arc<Library>) -> Answer {
    let catalog = library.open().await?;
    let upload = uploads::Upload {
        id: UploadId::fresh(),
        actor: ActorId::fresh(),
        role: uploads::UploadRole::Whole,
        length_bytes: None,
        received_bytes: 0,
        metadata: json!({"filename": "a.jpg"}),
        created: library.now(),
        expires: library.now().plus_seconds(60),
        state: uploads::UploadState::Receiving,
        asset: None,
        outcome: None,
    };
    let id = upload.id;
    let begun = upload.clone();
    write(&catalog, async move |tx| uploads::insert(tx, &begun).await).await?;
    assert_eq!(uploads::by_id(&mut catalog.read().await?, id).await?, Some(upload));
    let later = library.now().plus_seconds(120);
    let advance = |was, to, length| {
        write(&catalog, async move |tx| uploads::advance(tx, id, was, to, length, later).await)
    };
    advance(0, 10, None).await?;
    assert!(matches!(advance(0, 10, None).await, Err(CatalogError::Conflict { .. })));
    advance(10, 20, Some(20)).await?;
    write(&catalog, async move |tx| uploads::finish(tx, id, 20, None, "quarantined").await).await?;
    assert!(matches!(advance(20, 30, None).await, Err(CatalogError::Conflict { .. })));
    let mut conn = catalog.read().await?;
    let kept = uploads::by_id(&mut conn, id).await?.expect("kept");
    assert_eq!(
        (kept.length_bytes, kept.received_bytes, kept.outcome.as_deref()),
        (Some(20), 20, Some("quarantined"))
    );
    assert!(uploads::expired(&mut conn, library.now(), 10).await?.is_empty());
    assert_eq!(uploads::expired(&mut conn, later, 10).await?.len(), 1);
    assert!(write(&catalog, async move |tx| uploads::remove(tx, id).await).await?);
    Ok(())
}

pub async fn a_part_is_one_uploads_and_goes_with_it(library: Arc<Library>) -> Answer {
    let catalog = library.open().await?;
    let (soon, ids) =
        (library.now().plus_seconds(60), [UploadId::fresh(), UploadId::fresh(), UploadId::fresh()]);
    let [first, second, whole] = ids;
    let row = move |id, role, now| uploads::Upload {
        id,
        actor: ActorId::fresh(),
        role,
        length_bytes: Some(1),
        received_bytes: 0,
        metadata: json!([]),
        created: now,
        expires: soon,
        state: uploads::UploadState::Receiving,
        asset: None,
        outcome: None,
    };
    write(&catalog, async move |tx| {
        let now = tx.now();
        for part in [first, second] {
            uploads::insert(tx, &row(part, uploads::UploadRole::Partial, now)).await?;
        }
        uploads::insert(tx, &row(whole, uploads::UploadRole::Final, now)).await?;
        uploads::claim(tx, whole, &[second, first]).await
    })
    .await?;
    let again = write(&catalog, async move |tx| uploads::claim(tx, UploadId::fresh(), &[first]).await).await;
    assert!(matches!(again, Err(CatalogError::Conflict { .. })));
    let mut conn = catalog.read().await?;
    let parts: Vec<UploadId> =
        uploads::parts_of(&mut conn, whole).await?.iter().map(|part| part.id).collect();
    assert_eq!(parts, [second, first]);
    assert_eq!(uploads::claimed_by(&mut conn, first).await?, Some(whole));
    assert_eq!(uploads::by_ids(&mut conn, &ids).await?.len(), 3);
    let expired = uploads::expired(&mut conn, soon, 10).await?;
    assert_eq!(
        expired.iter().map(|upload| (upload.id, upload.role)).collect::<Vec<_>>(),
        [(whole, uploads::UploadRole::Final)]
    );
    drop(conn);
    assert!(write(&catalog, async move |tx| uploads::remove(tx, whole).await).await?);
    let mut conn = catalog.read().await?;
    assert!(uploads::by_ids(&mut conn, &ids).await?.is_empty());
    assert_eq!(uploads::claimed_by(&mut conn, first).await?, None);
    Ok(())
}

pub async fn sessions_keys_and_setup_links_end_when_they_say(library: Arc<Library>) -> Answer {
    let catalog = library.open().await?;
    let (now, account) = (library.now(), UserId::fresh());
    let soon = now.plus_seconds(60);
    assert!(!accounts::any(&mut catalog.read().await?).await?);
    let person = accounts::Account {
        id: account,
        name: "Ada".into(),
        email: "ada@example.test".into(),
        password_hash: "$argon2id$".into(),
        can: json!({"administer": true}),
        created: now,
        last_fact: FactId::fresh(),
    };
    let key = keys::Key {
        id: KeyId::fresh(),
        name: "script".into(),
        secret_hash: [2; 32],
        account,
        scopes: json!(["read"]),
        created: now,
        expires: Some(soon),
        revoked: None,
        last_used: None,
        last_fact: FactId::fresh(),
    };
    let session =
        sessions::Session { token_hash: [1; 32], account, created: now, expires: soon, last_used: now };
    let (made, made_key, begun) = (person.clone(), key.clone(), session.clone());
    write(&catalog, async move |tx| {
        state_as(tx, made.last_fact);
        state_as(tx, made_key.last_fact);
        accounts::insert(tx, &made).await?;
        keys::insert(tx, &made_key).await?;
        sessions::insert(tx, &begun).await?;
        setup_links::insert(tx, [3; 32], soon).await
    })
    .await?;
    let second = accounts::Account { id: UserId::fresh(), ..person.clone() };
    let taken = write(&catalog, async move |tx| accounts::insert(tx, &second).await).await;
    assert!(matches!(taken, Err(CatalogError::Conflict { .. })), "an email is one person's");
    let mut conn = catalog.read().await?;
    assert_eq!(accounts::by_email(&mut conn, "ada@example.test").await?, Some(person.clone()));
    assert_eq!(accounts::by_id(&mut conn, account).await?, Some(person));
    assert_eq!(accounts::page_after(&mut conn, None, 10).await?.len(), 1);
    assert_eq!(sessions::by_token(&mut conn, [1; 32], now).await?, Some(session));
    assert_eq!(sessions::by_token(&mut conn, [1; 32], soon).await?, None);
    assert_eq!(keys::by_secret(&mut conn, [2; 32], now).await?, Some(key.clone()));
    assert_eq!(keys::by_secret(&mut conn, [2; 32], soon).await?, None);
    assert!(setup_links::valid(&mut conn, [3; 32], now).await?);
    assert!(!setup_links::valid(&mut conn, [3; 32], soon).await?);
    end_them(&library, &catalog, account, key.id).await
}

async fn end_them(library: &Library, catalog: &Catalog, account: UserId, id: KeyId) -> Answer {
    let (now, soon) = (library.now(), library.now().plus_seconds(60));
    let mut conn = catalog.read().await?;
    let take = || write(catalog, async move |tx| setup_links::take(tx, [3; 32]).await);
    assert!(take().await?);
    assert!(!take().await?, "a link is used once");
    write(catalog, async move |tx| {
        keys::used(tx, id).await?;
        let fact = state(tx);
        accounts::set_password(tx, account, "$argon2id$new", fact).await?;
        sessions::used(tx, [1; 32], soon.plus_seconds(60)).await?;
        assert!(keys::revoke(tx, id, fact).await?);
        assert!(!keys::revoke(tx, id, fact).await?);
        Ok(())
    })
    .await?;
    assert!(sessions::by_token(&mut conn, [1; 32], soon).await?.is_some(), "use makes it last");
    assert_eq!(keys::by_secret(&mut conn, [2; 32], now).await?, None, "revoked");
    assert!(keys::of_account(&mut conn, account, 10).await?.is_empty());
    assert_eq!(keys::by_id(&mut conn, id).await?.expect("kept").last_used, Some(now));
    assert_eq!(write(catalog, async move |tx| sessions::remove_of(tx, account).await).await?, 1);
    assert!(!write(catalog, async move |tx| sessions::remove(tx, [1; 32]).await).await?);
    assert_eq!(write(catalog, async move |tx| sessions::expire(tx, soon).await).await?, 0);
    Ok(())
}
