package dev.tollgate.dashboard;

import dev.tollgate.Caller;
import dev.tollgate.Tollgate;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The form that finds a caller. Who asks for no tier gets the caller as it was seen last.
 *
 * @param address where it is sent
 * @param tiers that a caller can have
 * @param asked the tier that was asked for, empty for none
 * @param caller who was asked for
 * @param remark about the tier that the caller is shown with; may be empty
 */
record CallerSearch(
    String address, List<String> tiers, String asked, Optional<Caller> caller, String remark) {

  static final String ID = "id";
  static final String TIER = "tier";
  private static final String PATH = "/callers";

  /**
   * @throws Problem when the request asks for a caller that there cannot be
   */
  static CallerSearch of(HttpServletRequest request, Tollgate tollgate) throws Problem {
    String address = request.getContextPath() + AdminPage.PATH + PATH;
    List<String> tiers = List.copyOf(new TreeSet<>(tollgate.policies().tiers().keySet()));
    String id = Optional.ofNullable(request.getParameter(ID)).orElse("").strip();
    if (id.isEmpty()) {
      return new CallerSearch(address, tiers, "", Optional.empty(), "");
    }
    String asked = Optional.ofNullable(request.getParameter(TIER)).orElse("");
    if (id.length() > Caller.MAX_ID_LENGTH || !(asked.isEmpty() || tiers.contains(asked))) {
      throw Problem.badRequest(
          "id: it has at most "
              + Caller.MAX_ID_LENGTH
              + " characters; tier: it is one of "
              + tiers);
    }
    Optional<String> seen = tollgate.lastTier(id);
    String tier = asked.isEmpty() ? seen.filter(tiers::contains).orElse(tiers.get(0)) : asked;
    Caller caller = new Caller(id, tier);
    return new CallerSearch(address, tiers, asked, Optional.of(caller), remark(seen, tier, asked));
  }

  private static String remark(Optional<String> seen, String tier, String asked) {
    if (seen.filter(tier::equals).isPresent()) {
      return "";
    }
    String known =
        seen.map(last -> "The tier of this caller's last call is " + last + ".")
            .orElse("No call of this caller is known.");
    return known + (asked.isEmpty() ? " Assuming tier " : " Shown as if of tier ") + tier + ".";
  }

  /** The address of a caller's page, as it was seen last. */
  static String address(String base, String id) {
    return base + PATH + "?" + ID + "=" + encoded(id);
  }

  /** The address of a caller's page, as if of a tier. */
  static String address(String base, String id, String tier) {
    return address(base, id) + "&" + TIER + "=" + encoded(tier);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  void write(Html html) {
    html.open("form", "class", "card find", "action", address, "method", "get", "role", "search");
    html.open("label").text("Caller's id");
    html.leaf(
        "input",
        "name",
        ID,
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
    html.close().open("label").text("Tier").open("select", "name", TIER);
    writeOption(html, "", "as seen last");
    tiers.forEach(tier -> writeOption(html, tier, tier));
    html.close().close();
    html.element("button", "Show", "class", "act", "type", "submit");
    if (!remark.isEmpty()) {
      html.element("p", remark, "class", "notice", "data-kind", "warn");
    }
    html.close();
  }

  private void writeOption(Html html, String tier, String title) {
    if (tier.equals(asked)) {
      html.element("option", title, "value", tier, "selected", "");
    } else {
      html.element("option", title, "value", tier);
    }
  }
}
