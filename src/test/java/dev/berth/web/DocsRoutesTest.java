package dev.berth.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.house.ApiDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The document is served as it is, and the page that shows it asks nobody but this server.
class DocsRoutesTest {
    private final Desk desk = new Desk(DocsRoutes.routes());

    private String page() {
        Desk.Reply page = desk.undocumented().without("Authorization").get("/docs");
        assertEquals(200, page.status());
        return page.text();
    }

    private static List<String> links(String page) {
        var links = new ArrayList<String>();
        var matcher = Pattern.compile("(?:src|href)=\"([^\"]*)\"").matcher(page);
        while (matcher.find()) links.add(matcher.group(1));
        return links;
    }

    @Test
    void bothFormsAreTheDocumentOfThisBuild() {
        assertTrue(ApiDocument.ours().isWrittenAs(desk.get("/openapi.json").text()));
        Desk.Reply yaml = desk.get("/openapi.yaml");
        assertEquals("application/yaml", yaml.header("Content-Type"));
        assertTrue(yaml.text().startsWith("openapi: 3.1."));
        desk.with("If-None-Match", yaml.header("ETag"));
        assertEquals(304, desk.get("/openapi.yaml").status());
        assertEquals(401, desk.without("Authorization").get("/openapi.json").status());
    }

    @Test
    void everyFileOfThePageIsHereAndNeedsNoToken() {
        List<String> links = links(page());
        assertEquals(5, links.size(), links::toString);
        for (String link : links) {
            if (link.equals("icon.svg")) continue; // the main page's
            assertTrue(desk.get("/" + link).status() == 200, link);
        }
    }

    @Test
    void thePageRunsNothingInlineAndNothingOfOthers() {
        String page = page();
        assertTrue(links(page).stream().noneMatch(it -> it.contains(":") || it.startsWith("/")), page);
        assertFalse(
                Pattern.compile("<script>|<style|style=|\\son[a-z]+=")
                        .matcher(page)
                        .find(),
                page);
        String policy = desk.get("/docs").header("Content-Security-Policy");
        assertTrue(policy.startsWith("default-src 'none';"), policy);
        assertFalse(policy.contains("unsafe") || policy.contains("http") || policy.contains("*"), policy);
        assertFalse(desk.get("/docs/docs.js").text().contains("http:"));
    }

    @Test
    void whatHasItsVersionInItsAddressIsKept() {
        desk.undocumented();
        for (String link : links(page()))
            if (link.contains("swagger-ui"))
                assertEquals(
                        "public, max-age=31536000, immutable",
                        desk.get("/" + link).header("Cache-Control"),
                        link);
        assertEquals("private, no-cache", desk.get("/docs/docs.js").header("Cache-Control"));
    }
}
