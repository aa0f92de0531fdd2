//! The conformance suite of the catalog: one list of tests, run on SQLite and on PostgreSQL.
//!
//! `DAMASK_TEST_POSTGRES` names a server (`postgres://damask@127.0.0.1:55432/postgres`); each test makes its
//! own schema there. Without it the PostgreSQL half is skipped, and says so.

mod commits;
mod history;
mod library;
mod nouns;
mod operation;
mod proof;
mod queues;
mod wire;

use library::Library;

/// One list of tests for both databases.
macro_rules! suite {
    ($($area:ident: $($name:ident),+ $(,)?;)+) => {
        mod on_sqlite {
            $($(#[test] fn $name() { super::Library::on_sqlite(crate::$area::$name); })+)+
        }
        mod on_postgres {
            $($(#[test] fn $name() { super::Library::on_postgres(stringify!($name), crate::$area::$name); })+)+
        }
    };
}

suite! {
    commits:
        sixteen_writers_on_all_nodes_and_readers_that_miss_nothing_and_see_nothing_twice,
        a_failed_write_takes_none_of_its_group_with_it,
        a_write_that_fails_half_way_leaves_nothing_half_made,
        a_write_that_panics_is_answered_and_the_next_one_goes_on,
        a_write_answers_with_the_sequence_of_its_own_last_fact,
        an_interactive_write_goes_before_the_bulk_writes_that_wait,
        a_commit_is_heard_on_every_node,
        a_write_whose_caller_went_away_holds_nobody_up,
        many_small_writes_share_their_statements,
        what_was_answered_is_there_after_opening_again,
        places_and_what_waits_of_an_older_schema_get_their_owners,
        an_upgrade_that_was_cut_off_is_begun_again,
        a_library_of_a_newer_damask_is_refused;
    history:
        the_history_of_a_thing_is_read_newest_first,
        a_snapshot_followed_by_the_journal_gives_the_exact_state,
        a_snapshot_sees_one_instant,
        a_reader_who_went_away_leaves_no_connection_in_the_past,
        every_table_is_copied_or_left_out_for_a_reason,
        a_copy_of_all_tables_is_the_same_library_in_an_empty_database;
    proof:
        what_every_write_leaves_agrees_with_its_facts,
        an_erased_payload_leaves_its_header_and_every_proof,
        a_change_behind_the_back_is_found_in_every_column_of_record,
        a_row_that_was_removed_forged_or_put_back_is_found,
        a_change_of_the_journal_behind_the_back_is_found;
    queues:
        jobs_are_claimed_by_lane_and_then_by_age,
        a_job_of_a_key_that_waits_or_runs_is_not_added_again,
        a_lease_that_ran_out_makes_the_job_claimable_again,
        a_failing_job_waits_longer_each_time_and_then_is_dead_until_retried,
        a_job_is_claimed_by_one_worker_only,
        a_cancelled_job_does_not_run,
        a_claim_takes_only_what_the_worker_has_free,
        the_counts_are_those_of_a_walk_whatever_happened,
        a_job_that_someone_waits_for_goes_sooner;
    nouns:
        ingesting_one_new_file_costs_few_statements,
        ingesting_many_files_in_one_write_costs_less_than_one_statement_a_file,
        the_same_bytes_are_one_file_with_many_locations,
        a_path_with_other_content_is_said_of_the_other_file,
        places_that_stand_apart_are_kept_for_each_asset,
        one_folder_of_a_name_is_made_however_many_make_it,
        a_folder_knows_its_path_and_what_lies_below_it,
        an_edit_of_what_another_has_changed_is_a_conflict,
        assets_are_paged_with_everything_an_index_document_needs,
        what_is_read_from_a_version_is_kept_with_it,
        the_other_nouns_read_what_they_wrote;
    operation:
        a_readers_cursor_is_durable_and_may_be_reset,
        a_date_comes_due_once,
        observations_are_added_up_by_the_hour_and_expire,
        an_effect_is_begun_once,
        an_idempotency_key_answers_the_same_request_again,
        an_upload_moves_only_from_where_it_stands,
        a_part_is_one_uploads_and_goes_with_it,
        sessions_keys_and_setup_links_end_when_they_say;
}

#[test]
fn an_unreachable_database_is_a_clear_error() {
    library::block_on(commits::an_unreachable_database_is_a_clear_error());
}

#[test]
fn a_writer_whose_connection_is_killed_goes_on() {
    Library::on_postgres("killed", commits::a_writer_whose_connection_is_killed_goes_on);
}

#[test]
fn a_connection_lost_around_a_commit_neither_loses_nor_doubles_the_write() {
    let test = commits::a_connection_lost_around_a_commit_neither_loses_nor_doubles_the_write;
    Library::on_postgres("wire", test);
}
