//! What is sent and received: JP-CLINS documents and information units.
