package dev.tollgate.filter;

/** A request that is answered with an error before it becomes a call. Nothing was charged. */
final class RejectedException extends Exception {

  private static final long serialVersionUID = 1;

  private final Fault fault;
  private final String detail;

  /**
   * @param detail one sentence that tells the client what to do
   */
  RejectedException(Fault fault, String detail) {
    super(detail);
    this.fault = fault;
    this.detail = detail;
  }

  Fault fault() {
    return fault;
  }

  String detail() {
    return detail;
  }
}
