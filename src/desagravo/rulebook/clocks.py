"""Events, a rulebook and a calendar in; due dates with the reason for each day out. Pure, without Django."""
