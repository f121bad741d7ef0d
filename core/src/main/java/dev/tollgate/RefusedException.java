package dev.tollgate;

/** A call was refused. Nothing was charged. */
public final class RefusedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final transient Decision.Refused decision;

  public RefusedException(Decision.Refused decision) {
    super(decision.refusal().reason());
    this.decision = decision;
  }

  public Decision.Refused decision() {
    return decision;
  }
}
