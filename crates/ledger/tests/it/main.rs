//! The ledger's conformance suite. Every test of [`suite`] runs on SQLite and on PostgreSQL.
#![allow(clippy::unwrap_used, missing_docs)]

mod guard;
mod hand;
mod killed;
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
        altered_and_missing_attachments_are_found,
        long_chains_are_read_piece_by_piece;
    reading:
        a_read_leaves_its_audit_event_before_its_answer,
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
    together:
        many_writers_share_flushes_and_lose_nothing,
        of_many_who_change_the_same_version_one_wins,
        two_ledgers_over_one_database_build_one_chain,
        a_commit_the_database_refuses_fails_alone,
        closing_answers_everybody_and_signs;
}
