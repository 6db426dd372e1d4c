//! The ledger's conformance suite. Every test of [`suite`] runs on SQLite and on PostgreSQL.
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

mod guard;
mod hand;
mod killed;
mod search_world;
mod stage;

/// Makes `sqlite::<name>` and `postgres::<name>` of functions that take a [`stage::Stage`].
macro_rules! on_both {
    ($($room:ident: $($name:ident),+;)+) => {
        $(mod $room;)+
        mod sqlite {
            $(mod $room { $(
                #[test]
                fn $name() { crate::stage::run(crate::stage::Stage::sqlite(), |stage| Box::pin(crate::$room::$name(stage))); }
            )+ })+
        }
        mod postgres {
            $(mod $room { $(
                #[test]
                fn $name() { crate::stage::run(crate::stage::Stage::postgres(), |stage| Box::pin(crate::$room::$name(stage))); }
            )+ })+
        }
    };
}

on_both! {
    search_follow:
        references_are_followed_forwards,
        references_are_followed_backwards,
        iteration_goes_on_from_what_was_included,
        what_is_deleted_or_changed_is_not_included,
        a_page_that_would_include_too_much_is_refused_not_cut;
    search_tenancy:
        an_empty_institution_finds_nothing_beside_a_full_one,
        two_institutions_with_the_same_ids_each_find_their_own,
        a_position_of_one_institution_shows_nothing_of_it_in_another,
        a_condition_of_a_write_looks_at_its_own_institution;
    search_paging:
        every_order_is_kept_over_all_pages,
        a_patients_newest_come_first_over_all_pages,
        rows_of_a_patients_dates_are_filled_in_for_what_was_stored_before_them,
        a_page_of_none_tells_the_total_alone,
        the_total_does_not_depend_on_the_page,
        nothing_is_missed_while_others_write,
        foreign_and_damaged_positions_are_refused,
        a_compartment_comes_in_chain_order_with_the_patient;
    search_semantics:
        strings_match_as_defined,
        tokens_match_as_defined,
        codes_of_a_patient_match_as_defined,
        dates_match_as_defined,
        numbers_and_quantities_match_as_defined,
        references_and_uris_match_as_defined,
        composites_match_within_one_element,
        chains_and_has_match_as_defined,
        ids_and_times_of_change_match_as_defined,
        random_combinations_match,
        what_postgresql_cannot_store_is_found_all_the_same,
        very_long_values_are_told_apart;
    jobs:
        a_job_is_there_when_its_commit_is_and_not_otherwise,
        completing_writes_result_and_changes_together,
        a_completion_whose_commit_fails_leaves_the_job_running,
        a_worker_that_lost_its_lease_writes_nothing,
        the_same_worker_claiming_again_is_told_from_its_former_claim,
        a_renewed_lease_lasts_longer,
        failures_are_retried_later_and_later_and_then_park_the_job,
        a_permanent_failure_parks_at_once,
        a_dead_job_is_retried_or_discarded_by_a_person_and_that_is_on_record,
        a_handed_back_job_is_ready_at_once_and_the_attempt_does_not_count,
        a_job_whose_workers_always_vanish_is_parked,
        jobs_of_a_lane_run_one_after_the_other,
        enqueuing_an_unfinished_job_again_does_nothing,
        a_job_waits_for_its_time,
        one_worker_serves_all_tenants_and_each_sees_its_own,
        a_job_cannot_be_completed_into_another_tenant,
        small_claims_reach_every_tenant_in_turn,
        nothing_of_a_suspended_tenant_is_sent,
        jobs_survive_the_end_of_the_process,
        a_waiting_worker_is_woken_by_a_commit,
        a_worker_killed_at_any_step_loses_no_job_and_doubles_no_effect;
    writing:
        a_resource_comes_back_byte_for_byte,
        versions_count_from_one_and_stay_readable,
        preconditions_are_checked_and_a_failed_commit_leaves_nothing,
        a_commit_with_many_changes_happens_whole_or_not_at_all,
        deleting_makes_a_version_and_deleting_again_none,
        a_deleted_resource_comes_back_as_a_later_version,
        the_time_of_an_entry_never_goes_back;
    docs:
        documents_are_put_inserted_swapped_and_deleted,
        an_expired_document_reads_as_absent_and_is_swept,
        a_prefix_finds_exactly_what_begins_with_it;
    tenancy:
        tenants_have_exact_names_and_numbers_of_their_own,
        another_tenants_records_are_missing_by_every_door,
        a_suspended_tenant_serves_only_the_product_itself,
        a_tenant_that_is_not_there_is_not_found;
    tamper:
        an_untouched_chain_is_clean_and_fully_counted,
        every_altered_column_is_found_and_named,
        removed_reordered_and_added_entries_are_found,
        a_cut_tail_is_found_at_the_signed_head,
        a_chain_set_back_to_an_old_head_contradicts_the_checkpoints,
        links_recomputed_without_the_key_end_at_a_wrong_signature,
        altered_checkpoints_are_found,
        a_table_of_current_versions_that_lies_is_found,
        a_hidden_audit_event_is_found,
        altered_and_missing_attachments_are_found,
        long_chains_are_read_piece_by_piece;
    reading:
        a_read_leaves_its_audit_event_before_its_answer,
        a_remembering_reader_answers_the_same_search_once,
        an_abandoned_read_is_recorded_as_failed,
        who_saw_this_patient_is_answered_from_every_kind_of_event,
        histories_run_backwards_page_by_page,
        a_scan_meets_every_current_resource_once_in_chain_order,
        many_are_read_in_the_order_asked,
        an_index_can_be_rebuilt_from_the_texts;
    blobs:
        attachments_of_every_size_come_back_by_their_hash,
        the_same_content_is_kept_once,
        too_large_an_attachment_is_refused_and_swept,
        an_altered_attachment_never_leaves_whole;
    masters:
        an_edition_comes_back_byte_for_byte_and_old_ones_stay,
        an_import_that_came_between_is_not_overwritten,
        what_cannot_be_a_master_is_refused,
        an_altered_edition_is_found_and_never_read,
        a_removed_newest_edition_is_found;
    together:
        many_writers_share_flushes_and_lose_nothing,
        of_many_who_change_the_same_version_one_wins,
        two_ledgers_over_one_database_build_one_chain,
        events_of_two_processes_build_one_chain,
        a_commit_the_database_refuses_fails_alone,
        closing_answers_everybody_and_signs;
}
