pub mod holidays;
