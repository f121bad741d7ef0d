package dev.tollgate.dashboard;

import java.util.List;

/**
 * The forms by which operators act. Immutable.
 *
 * @param address where they are sent
 * @param token tells them from those of other sites
 */
record ActionForm(String address, String token) {

  static final String ACTION = "action";
  static final String SUBJECT = "subject";
  static final String CHOICE = "choice";
  static final String REASON = "reason";
  static final int MAX_REASON_LENGTH = 200;

  /**
   * What an operator may choose.
   *
   * @param weight {@code first}, {@code stop} or empty: how the button looks
   */
  record Choice(String value, String title, String weight) {}

  /**
   * What an operator fills in.
   *
   * @param type of the input, whose values are ordered
   * @param value at first
   */
  record Field(String name, String title, String type, String value, String least, String most) {

    private void write(Html html) {
      html.open("label").text(title);
      html.leaf(
          "input",
          "name",
          name,
          "type",
          type,
          "value",
          value,
          "min",
          least,
          "max",
          most,
          "required",
          "");
      html.close();
    }
  }

  void write(Html html, String action, String subject, List<Choice> choices) {
    write(html, action, subject, List.of(), choices);
  }

  void write(Html html, String action, String subject, List<Field> fields, List<Choice> choices) {
    html.open("form", "class", "acts", "action", address, "method", "post");
    hidden(html, FormToken.FIELD, token);
    hidden(html, ACTION, action);
    hidden(html, SUBJECT, subject);
    fields.forEach(field -> field.write(html));
    html.leaf(
        "input",
        "name",
        REASON,
        "placeholder",
        "Why?",
        "aria-label",
        "Why, for " + subject,
        "maxlength",
        Integer.toString(MAX_REASON_LENGTH),
        "autocomplete",
        "off");
    for (Choice choice : choices) {
      html.element(
          "button",
          choice.title(),
          "class",
          "act",
          "type",
          "submit",
          "name",
          CHOICE,
          "value",
          choice.value(),
          "data-weight",
          choice.weight(),
          "aria-label",
          choice.title() + ": " + subject);
    }
    html.close();
  }

  private static void hidden(Html html, String name, String value) {
    html.leaf("input", "type", "hidden", "name", name, "value", value);
  }
}
