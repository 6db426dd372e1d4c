//! What keeps the product running and honest: the worker that carries out outgoing jobs (those of electronic
//! prescriptions and record sharing among them), the rounds that ask outside services, the periodic duties
//! (checkpoints, sweeping), the masters of the running process, the verification of every chain, and the doctor's
//! examination.

pub mod doctor;
pub mod duties;
pub mod eprescription;
pub mod masters;
mod rounds;
pub mod sharing;
pub mod verify;
pub mod worker;
