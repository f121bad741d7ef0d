package dev.tollgate.dashboard;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * The scripts and styles of the pages. They say nothing about anybody, so everybody may have them;
 * nothing but what is listed here is served. Immutable.
 */
final class Assets implements Page {

  static final String PATH = "/tollgate/assets";

  private static final String SCRIPT = "text/javascript;charset=UTF-8";
  private static final String STYLE = "text/css;charset=UTF-8";
  private static final Map<String, String> TYPES =
      Map.of(
          "pages.css", STYLE,
          "uplot.css", STYLE,
          "uplot.js", SCRIPT,
          "charts.js", SCRIPT,
          "usage.js", SCRIPT,
          "live.js", SCRIPT,
          "page.js", SCRIPT,
          "gate.svg", "image/svg+xml");

  private record Asset(String type, byte[] content, String tag) {}

  private final Map<String, Asset> byName = new TreeMap<>();

  Assets() {
    TYPES.forEach((name, type) -> byName.put(name, load(name, type)));
  }

  private static Asset load(String name, String type) {
    try (InputStream in = Assets.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new FileNotFoundException(name);
      }
      byte[] content = in.readAllBytes();
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
      return new Asset(type, content, HexFormat.of().formatHex(digest, 0, 8));
    } catch (IOException broken) {
      throw new UncheckedIOException("the jar of the pages is not whole", broken);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }

  /** The address of an asset. */
  static String address(HttpServletRequest request, String name) {
    return request.getContextPath() + PATH + "/" + name;
  }

  @Override
  public void answer(HttpServletRequest request, HttpServletResponse response)
      throws Problem, IOException {
    String path = request.getPathInfo();
    Asset asset = path == null ? null : byName.get(path.substring(1));
    if (asset == null) {
      throw Problem.notFound();
    }
    String tag = "\"" + asset.tag() + "\"";
    response.setHeader("ETag", tag);
    response.setHeader("Cache-Control", "public, max-age=300");
    if (tag.equals(request.getHeader("If-None-Match"))) {
      response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
      return;
    }
    response.setContentType(asset.type());
    response.setContentLength(asset.content().length);
    response.getOutputStream().write(asset.content());
  }
}
