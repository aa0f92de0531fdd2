//! What Damask does, from a file to what is found, looked at and given back: one list of tests, run with
//! records in SQLite and in PostgreSQL, with all engines and real decoders.
//!
//! `DAMASK_TEST_POSTGRES` names a server; each test makes a schema of its own there. Without it the PostgreSQL
//! half is skipped, and says so.

mod again;
mod backups;
mod broken;
mod clocks;
mod edits;
mod encrypted;
mod finding;
mod jobs;
mod journey;
mod library;
mod places;
mod previews;
mod quarantine;
mod rights;
mod trash;
mod uploads;
mod vectors;
mod versions;

/// One list of tests for both databases.
macro_rules! suite {
    ($($area:ident: $($name:ident),+ $(,)?;)+) => {
        mod on_sqlite {
            $($(#[test] fn $name() { crate::library::Library::on_sqlite(crate::$area::$name); })+)+
        }
        mod on_postgres {
            $($(#[test] fn $name() {
                crate::library::Library::on_postgres(stringify!($name), crate::$area::$name);
            })+)+
        }
    };
}

suite! {
    journey:
        a_photograph_is_found_by_its_keyword_looked_at_and_given_back_bit_for_bit,
        the_ladder_of_a_wide_gamut_picture_is_srgb,
        a_document_is_found_by_the_words_of_its_pages_and_each_page_can_be_looked_at,
        a_film_has_a_poster_a_strip_and_a_proxy_that_plays,
        a_film_keeps_its_start_timecode_to_the_frame,
        a_sound_has_peaks_and_no_picture,
        a_text_is_found_by_its_words;
    again:
        the_same_bytes_at_another_place_are_one_asset_with_two_places,
        files_that_did_not_change_are_passed_without_being_read,
        an_asset_of_more_places_than_are_shown_says_so,
        bytes_that_came_by_two_names_are_found_by_both,
        two_files_of_one_path_are_two_assets_with_a_place_each,
        the_same_bytes_at_the_same_moment_are_one_asset,
        a_file_that_changed_is_a_new_version_of_its_asset,
        a_file_that_went_back_to_what_it_was_is_one_more_version,
        an_import_that_was_stopped_goes_on_where_it_was,
        an_upload_that_was_whole_when_damask_was_killed_becomes_an_asset;
    broken:
        every_broken_or_oddly_named_file_has_one_outcome_and_a_finding,
        a_path_that_climbs_is_refused,
        a_header_of_sixty_thousand_pixels_a_side_costs_a_finding_and_no_memory;
    rights:
        a_scoped_caller_finds_counts_and_reads_nothing_beyond_its_scope,
        bytes_of_a_hidden_asset_become_an_asset_of_their_own,
        a_scoped_caller_hears_of_nothing_beyond_its_scope,
        who_listens_slowly_keeps_nobody_from_the_records,
        a_scope_of_a_folder_reaches_below_it,
        what_a_caller_may_not_do_is_refused;
    jobs:
        what_a_person_brings_goes_before_what_is_left_of_an_import,
        a_job_that_fails_waits_longer_each_time_is_dead_and_can_be_retried_by_hand,
        a_job_whose_workers_die_with_it_ends_with_a_finding,
        a_cancelled_job_is_not_done_until_it_is_retried,
        unfinished_jobs_are_shown_in_one_list,
        a_worker_that_stops_gives_its_jobs_back;
    previews:
        simultaneous_requests_for_a_rendition_have_one_maker,
        another_recipe_or_version_is_another_rendition,
        a_rendition_that_was_evicted_is_made_again,
        a_rendition_there_cannot_be_is_told_from_one_that_is_not_there_yet,
        a_preview_that_someone_waits_for_goes_before_the_others;
    edits:
        an_edit_is_found_within_a_second,
        an_edit_that_did_not_see_the_last_one_is_refused,
        an_edit_is_undone_from_what_stood_before,
        what_a_person_wrote_outlasts_another_reading_of_the_file;
    encrypted:
        what_is_encrypted_is_described_shown_verified_and_mended;
    places:
        what_comes_in_is_kept_in_the_second_place_too,
        what_is_damaged_is_found_and_mended_from_the_other_place,
        a_pass_goes_on_where_it_stopped_and_comes_again_when_it_is_due,
        the_second_place_becomes_the_first_while_everything_goes_on,
        a_second_place_out_of_reach_is_told_and_caught_up_with,
        a_check_tells_what_is_wrong_and_mends_what_it_is_asked_to;
    quarantine:
        a_program_is_set_apart,
        a_scoped_caller_sees_in_quarantine_what_it_brought,
        a_person_lets_a_file_out_of_quarantine,
        a_discarded_file_is_gone_and_its_bytes_with_it,
        a_file_whose_name_says_another_kind_waits_where_it_was_uploaded,
        what_is_over_a_limit_when_it_is_read_waits_for_a_person,
        another_file_is_brought_in_the_place_of_one_that_waits,
        malware_waits_and_nothing_comes_in_unscanned,
        what_waits_is_glanced_at_behind_the_glass_but_malware_is_not;
    trash:
        what_lies_in_the_trash_is_found_only_by_who_asks_for_it,
        trashing_is_undone_from_its_fact_and_redone_from_the_undo,
        one_that_cannot_be_trashed_keeps_none_of_the_others,
        what_is_purged_is_gone_with_its_bytes_and_previews,
        bytes_that_another_asset_has_outlive_a_purge,
        what_is_brought_again_comes_out_of_the_trash,
        the_trash_empties_itself_when_its_time_is_over,
        emptying_the_trash_is_a_job_that_takes_what_lay_there_then,
        bytes_that_come_in_while_they_are_purged_are_there_or_come_again;
    versions:
        what_people_wrote_survives_a_replace_and_what_was_read_does_not,
        an_earlier_version_becomes_current_again_and_its_values_with_it,
        undoing_a_new_version_brings_the_one_before_back,
        a_version_of_another_kind_makes_the_asset_that_kind,
        a_file_of_the_same_name_is_a_copy_a_version_or_left_out_as_was_asked,
        only_whoever_checked_an_asset_out_changes_it,
        two_versions_are_compared_by_the_tags_in_which_they_differ;
    uploads:
        what_does_not_fit_the_quota_is_refused_before_it_is_sent_and_when_it_lands,
        an_import_brings_what_fits_the_quota_and_says_so_of_the_rest,
        a_full_disk_is_said_and_what_was_acknowledged_goes_on_when_there_is_room,
        records_whose_disk_is_full_say_so_and_go_on_when_there_is_room,
        a_file_of_parts_is_made_wherever_damask_was_killed_over_it;
    backups:
        what_was_erased_since_a_backup_does_not_come_back_with_it,
        a_place_of_another_library_or_of_anything_else_is_refused;
    clocks:
        a_clock_that_jumps_keeps_sessions_jobs_ids_and_the_journal_sound;
    finding:
        an_index_made_again_from_a_snapshot_finds_the_same,
        an_index_that_is_behind_catches_up_when_it_is_opened,
        pages_follow_each_other_without_gap_or_repetition,
        folders_are_shown_page_by_page;
}
