package dev.tollgate;

/** Whether a scope's calls are halted. Essential calls never are. */
public enum BreakerState {
  /** Spending is normal: everything goes on. */
  CLOSED,
  /** Spending is abnormal: optional and background calls are refused. */
  OPEN,
  /** Demand is normal again: one in ten of the optional and background calls goes on. */
  HALF_OPEN
}
