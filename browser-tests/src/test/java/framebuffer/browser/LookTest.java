package framebuffer.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.options.ColorScheme;
import framebuffer.testkit.Await;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How the page looks and what it loads: for everybody, everywhere, and with a thousand cameras too. */
class LookTest {
    private static final int MOST_SCRIPT = 100_000;
    /** WCAG 2.2, success criterion 1.4.3. */
    private static final double LEAST_CONTRAST = 4.5;

    @RegisterExtension
    static final Chromium chromium = new Chromium();

    @TempDir
    Path folder;

    private static void trouble(Site site) {
        site.idle("face-1", 2, "face");
        site.idle("gone-1", 2, "person", 1);
        for (int i = 0; i < 45; i++) {
            site.capture("f" + i, "yard", "face");
        }
        site.capture("n", "gate", "nothing that anybody offers");
        site.redis().call("XADD", "frames:capture", "*", "camera_id", "yard");
        Await.until("one is silent for too long", () -> site.get("processors?status=unhealthy").size() == 1);
        Await.until("one is full",
                () -> site.get("control/status").path("backpressure_level").asText().equals("CRITICAL"));
    }

    @Test
    void itLoadsLittleAndNothingFromElsewhere() {
        try (Site site = new Site(folder)) {
            List<Response> loaded = new CopyOnWriteArrayList<>();
            Page page = chromium.open("about:blank");
            page.onResponse(loaded::add);
            page.navigate(site.url());
            assertThat(page.locator("#link")).containsText("live");
            assertThat(loaded).isNotEmpty().allMatch(one -> URI.create(one.url()).getPort() == site.port());
            assertThat(
                    loaded.stream().filter(one -> one.url().endsWith(".js")).mapToInt(one -> one.body().length).sum())
                    .isBetween(1, MOST_SCRIPT);
            assertThat(loaded.getFirst().headerValue("content-security-policy")).startsWith("default-src 'none'");
        }
    }

    @Test
    void onAPhoneNothingSticksOutAtTheSide() {
        try (Site site = new Site(folder)) {
            trouble(site);
            Page page = chromium.open(site.url(), 360, 740, ColorScheme.LIGHT);
            assertThat(page.locator("#processors tbody tr")).hasCount(2);
            assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(360);
            assertThat(page.locator("#pause")).isInViewport();
        }
    }

    @Test
    void everyStateIsToldInWordsToo() {
        try (Site site = new Site(folder)) {
            trouble(site);
            Page page = chromium.open(site.url());
            Locator states = page.locator(".state:visible");
            assertThat(page.locator("#processors .state[data-state=bad]")).hasCount(2);
            assertThat(states.allTextContents()).hasSizeGreaterThan(10).noneMatch(String::isBlank);
            assertThat(page.locator("#at-capabilities")).containsText("no usable processor");
            assertThat(page.locator("#troubles")).containsText("critical");
        }
    }

    @ParameterizedTest
    @EnumSource(value = ColorScheme.class, names = {"LIGHT", "DARK"})
    void allTextStandsOutFromWhatIsBehindIt(ColorScheme scheme) {
        try (Site site = new Site(folder)) {
            trouble(site);
            Page page = chromium.open(site.url(), 1_280, 900, scheme);
            assertThat(page.locator("#processors tbody tr")).hasCount(2);
            assertThat((List<?>) page.evaluate(CONTRASTS, LEAST_CONTRAST)).isEmpty();
        }
    }

    /** Of every element with text of its own: its colour against the nearest background that is not transparent (WCAG 2.2). */
    private static final String CONTRASTS = """
            (least) => {
              const parts = (colour) => { const c = document.createElement('canvas').getContext('2d');
                c.fillStyle = colour; c.fillRect(0, 0, 1, 1); return [...c.getImageData(0, 0, 1, 1).data]; };
              const light = (rgb) => { const [r, g, b] = rgb.slice(0, 3).map((v) => v / 255)
                .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
              const behind = (e) => { for (let at = e; at; at = at.parentElement) {
                const colour = parts(getComputedStyle(at).backgroundColor); if (colour[3] === 255) return colour; }
                return parts('white'); };
              return [...document.querySelectorAll('body *')]
                .filter((e) => e.checkVisibility() && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) && !e.closest('.skip, :disabled, script'))
                .map((e) => { const [a, b] = [light(parts(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
                  return { text: e.textContent.trim().slice(0, 40), ratio: (a + 0.05) / (b + 0.05) }; })
                .filter((one) => one.ratio < least).map((one) => `${one.text}: ${one.ratio.toFixed(2)}`);
            }""";

    @Test
    void itIsUsedByKeyboardAloneAndNewsDoesNotTakeTheFocusAway() {
        try (Site site = new Site(folder)) {
            site.idle("face-1", 2, "face");
            site.capture("f", "yard", "face");
            Page page = chromium.open(site.url());
            assertThat(page.locator("#at-cameras button")).hasCount(1);
            page.keyboard().press("Tab");
            assertThat(page.locator(".skip")).isFocused();
            assertThat(page.locator(".skip")).isInViewport();
            page.keyboard().press("Tab");
            assertThat(page.locator("#pause")).isFocused();
            page.keyboard().press("Tab");
            Locator yard = page.locator("#at-cameras button");
            assertThat(yard).isFocused();
            page.keyboard().press("Enter");
            assertThat(yard).hasAttribute("aria-pressed", "true");
            String news = page.locator("#link").textContent();
            assertThat(page.locator("#link")).not().hasText(news);
            assertThat(yard).isFocused();
            List<String> reached = new ArrayList<>();
            for (int i = 0; i < 45; i++) {
                page.keyboard().press("Tab");
                reached.add(String
                        .valueOf(page.evaluate("document.activeElement.id || document.activeElement.textContent")));
            }
            assertThat(reached).contains("frame-id", "Find", "f", "API");
        }
    }

    @Test
    void whatProducersCallTheirCamerasIsTextAndNothingElse() {
        try (Site site = new Site(folder)) {
            String odd = "<img src=x onerror=alert(1)>\"'&\u202e\n𝄞";
            site.idle("face-1", 2, "face");
            site.capture("<script>alert(2)</script>", odd, "face");
            Page page = chromium.open(site.url());
            page.onDialog(dialog -> {
                throw new AssertionError("a script of a producer ran: " + dialog.message());
            });
            assertThat(page.locator("#at-cameras .name")).hasCount(1);
            assertThat(page.locator("#at-cameras .name").textContent()).isEqualTo(odd);
            page.locator("#cameras a").click();
            assertThat(page.locator("#journey h3")).containsText("<script>alert(2)</script>");
            assertThat(page.locator("main img")).hasCount(0);
        }
    }

    @Test
    void ofAThousandCamerasTheNewestAreListedWithFiftyProcessorsAndTheMostTellingDrawn() {
        try (Site site = new Site(folder)) {
            for (int i = 0; i < 50; i++) {
                site.idle("p" + i, 100, "face");
            }
            for (int i = 0; i < 1_000; i++) {
                site.capture("f" + i, "camera-" + i, "face");
            }
            Await.until("all are known", () -> site.get("cameras").size() == 1_000);
            Page page = chromium.open(site.url());
            assertThat(page.locator("#cameras tbody tr")).hasCount(500);
            assertThat(page.locator("#cameras-rest")).containsText("most recent of 1");
            assertThat(page.locator("#processors tbody tr")).hasCount(50);
            assertThat(page.locator("#at-cameras .rest")).hasText("and 476 more, listed below");
            assertThat(page.locator("#at-processors .rest")).hasText("and 26 more, listed below");
            String news = page.locator("#link").textContent();
            assertThat(page.locator("#link")).not().hasText(news);
            assertThat(page.locator("#link")).containsText("live");
        }
    }
}
