package dev.tollgate;

/** The order in which calls leave a waiting room: {@link #HIGH} first. */
public enum Priority {
  HIGH,
  NORMAL,
  LOW
}
