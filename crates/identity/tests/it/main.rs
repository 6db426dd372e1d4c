//! Identity on an open ledger. Every test of the suite runs on SQLite and on PostgreSQL.
#![allow(clippy::unwrap_used, missing_docs)]

mod stage;

/// Makes `sqlite::<room>::<name>` and `postgres::<room>::<name>` of functions that take a [`stage::Stage`].
macro_rules! on_both {
    ($($room:ident: $($name:ident),+;)+) => {
        $(mod $room;)+
        mod sqlite {
            $(mod $room { $(
                #[test]
                fn $name() { crate::stage::run(crate::stage::Stage::sqlite, |stage| Box::pin(crate::$room::$name(stage))); }
            )+ })+
        }
        mod postgres {
            $(mod $room { $(
                #[test]
                fn $name() { crate::stage::run(crate::stage::Stage::postgres, |stage| Box::pin(crate::$room::$name(stage))); }
            )+ })+
        }
    };
}

on_both! {
    signing_in:
        a_password_and_the_current_code_open_a_session,
        a_password_alone_never_yields_a_session,
        a_code_works_once_even_for_two_at_the_same_time,
        a_first_step_expires_after_five_minutes,
        whatever_is_wrong_the_answer_is_the_same,
        a_right_password_does_not_forgive_wrong_codes,
        five_failures_lock_a_login_until_time_or_an_administrator_unlocks_it,
        parallel_guesses_are_counted_before_they_are_looked_at,
        waiting_is_the_same_for_logins_that_do_not_exist,
        every_attempt_is_audited_without_what_was_typed,
        links_exist_in_demonstrations_only;
    sessions:
        an_idle_session_is_locked_and_use_keeps_it_open,
        what_a_screen_asks_by_itself_keeps_no_session_open,
        a_locked_screen_opens_with_the_password_or_the_code_and_a_code_works_once,
        guessing_at_a_locked_screen_locks_the_login,
        a_session_ends_after_its_longest_life,
        signing_out_ends_exactly_this_session,
        an_administrator_ends_a_session_by_its_handle,
        a_session_of_one_institution_is_nothing_in_another,
        suspending_the_institution_ends_what_its_sessions_can_do,
        an_institution_sets_its_own_idle_time;
    people:
        a_person_is_a_practitioner_with_a_role,
        logins_are_unique_in_an_institution_and_free_in_another,
        a_password_that_breaks_the_rules_is_refused,
        a_first_password_must_be_changed_before_anything_else,
        the_last_five_passwords_do_not_come_back,
        other_professions_end_the_sessions_and_hold_at_the_next,
        a_disabled_person_cannot_sign_in_and_a_new_factor_replaces_the_old;
    tokens:
        a_token_grants_its_scopes_until_it_ends,
        a_revoked_token_stops_at_once_here_and_soon_elsewhere,
        a_token_of_one_institution_is_nothing_in_another,
        a_token_that_lives_too_long_is_refused;
    browser:
        a_browser_key_is_the_persons_and_the_half_days_and_outlives_the_session,
        a_page_of_another_person_is_recognised,
        a_locked_screen_is_given_no_key;
    secrets:
        no_secret_is_stored_in_clear;
}
