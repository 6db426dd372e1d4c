//! What keeps the product running and honest: the worker that carries out outgoing jobs (those of electronic
//! prescriptions among them), the periodic duties
//! (checkpoints, sweeping), the masters of the running process, the verification of every chain, and the doctor's
//! examination.

pub mod doctor;
pub mod duties;
pub mod eprescription;
pub mod masters;
pub mod verify;
pub mod worker;
