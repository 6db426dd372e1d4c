//! The ledger's conformance suite. Every test of [`suite`] runs on SQLite and on PostgreSQL.
#![allow(clippy::unwrap_used, missing_docs)]

mod hand;
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
}
