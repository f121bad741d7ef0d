package dev.tollgate.filter;

/** Why a request is answered with an error, in the words of each format. */
enum Fault {
  BAD_REQUEST(
      400,
      "about:blank",
      "Bad Request",
      "invalid_request_error",
      "invalid_request",
      "invalid_request_error"),
  UNIDENTIFIED(
      401,
      "about:blank",
      "Unauthorized",
      "invalid_request_error",
      "invalid_api_key",
      "authentication_error"),
  TOO_LARGE(
      413,
      Fault.REGISTRY + "quota-exceeded",
      "Request is larger than the assigned quota",
      "invalid_request_error",
      "request_too_large",
      "request_too_large"),
  CONTENT_TOO_LARGE(
      413,
      "about:blank",
      "Content Too Large",
      "invalid_request_error",
      "request_too_large",
      "request_too_large"),
  MODEL_NOT_ALLOWED(
      403,
      "tag:tollgate.dev,2026:unpriced-model",
      "The model is not allowed, since nobody knows what it costs",
      "invalid_request_error",
      "model_not_found",
      "permission_error"),
  EXCEEDED(
      429,
      Fault.REGISTRY + "quota-exceeded",
      "Request cannot be satisfied as assigned quota has been exceeded",
      "rate_limit_error",
      "rate_limit_exceeded",
      "rate_limit_error"),
  BUDGET_EXHAUSTED(
      429,
      Fault.REGISTRY + "quota-exceeded",
      "Request cannot be satisfied as assigned quota has been exceeded",
      "insufficient_quota",
      "insufficient_quota",
      "billing_error"),
  ABNORMAL(
      429,
      Fault.REGISTRY + "abnormal-usage-detected",
      "Request not satisfied due to detection of abnormal request pattern",
      "rate_limit_error",
      "rate_limit_exceeded",
      "rate_limit_error"),
  BLOCKED(
      429,
      "tag:tollgate.dev,2026:caller-blocked",
      "An operator has blocked this caller",
      "rate_limit_error",
      "rate_limit_exceeded",
      "rate_limit_error"),
  UNAVAILABLE(
      503,
      Fault.REGISTRY + "temporary-reduced-capacity",
      "Request cannot be satisfied due to temporary server capacity constraints",
      "server_error",
      "service_unavailable",
      "overloaded_error");

  private static final String REGISTRY = "https://iana.org/assignments/http-problem-types#";

  private final int status;
  private final String problemType;
  private final String title;
  private final String openAiType;
  private final String openAiCode;
  private final String anthropicType;

  Fault(
      int status,
      String problemType,
      String title,
      String openAiType,
      String openAiCode,
      String anthropicType) {
    this.status = status;
    this.problemType = problemType;
    this.title = title;
    this.openAiType = openAiType;
    this.openAiCode = openAiCode;
    this.anthropicType = anthropicType;
  }

  int status() {
    return status;
  }

  String problemType() {
    return problemType;
  }

  String title() {
    return title;
  }

  String openAiType() {
    return openAiType;
  }

  String openAiCode() {
    return openAiCode;
  }

  String anthropicType() {
    return anthropicType;
  }
}
