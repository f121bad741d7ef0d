package dev.tollgate.dashboard;

import dev.tollgate.Caller;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/**
 * The form that finds a caller.
 *
 * @param address where it is sent
 * @param tiers that a caller can have
 * @param caller who was asked for
 */
record CallerSearch(String address, List<String> tiers, Optional<Caller> caller) {

  /**
   * @throws Problem when the request asks for a caller that there cannot be
   */
  static CallerSearch of(HttpServletRequest request, SortedSet<String> tiers) throws Problem {
    String address = request.getContextPath() + AdminPage.PATH + "/callers";
    String id = Optional.ofNullable(request.getParameter("id")).orElse("").strip();
    if (id.isEmpty()) {
      return new CallerSearch(address, List.copyOf(tiers), Optional.empty());
    }
    String tier = Optional.ofNullable(request.getParameter("tier")).orElse(tiers.first());
    if (id.length() > Caller.MAX_ID_LENGTH || !tiers.contains(tier)) {
      throw Problem.badRequest(
          "id: it has at most "
              + Caller.MAX_ID_LENGTH
              + " characters; tier: it is one of "
              + tiers);
    }
    return new CallerSearch(address, List.copyOf(tiers), Optional.of(new Caller(id, tier)));
  }

  void write(Html html) {
    html.open("form", "class", "card find", "action", address, "method", "get", "role", "search");
    html.open("label").text("Caller's id");
    html.leaf(
        "input",
        "name",
        "id",
        "value",
        caller.map(Caller::id).orElse(""),
        "maxlength",
        Integer.toString(Caller.MAX_ID_LENGTH),
        "required",
        "",
        "autocomplete",
        "off",
        "spellcheck",
        "false");
    html.close().open("label").text("Tier").open("select", "name", "tier");
    for (String tier : tiers) {
      boolean chosen = caller.filter(found -> found.tier().equals(tier)).isPresent();
      if (chosen) {
        html.element("option", tier, "value", tier, "selected", "");
      } else {
        html.element("option", tier, "value", tier);
      }
    }
    html.close().close();
    html.element("button", "Show", "class", "act", "type", "submit").close();
  }
}
