package framebuffer.orchestrator.api.site;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.observability.alerts.AlertRule;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunbookTest {
    private static final Runbook RUNBOOK = new Runbook("""
            # It is <ill>

            Not heard of.

            - `frame-buffer processors`: why
            - `curl localhost:8002/health`

            ## What to do

            1. Look at `frame-buffer camera`.
            """);

    @Test
    void itIsAPage() {
        assertThat(RUNBOOK.html()).contains("<title>It is &lt;ill&gt; · frame-buffer</title>",
                "<h1>It is &lt;ill&gt;</h1>\n<p>Not heard of.</p>\n<ul>\n<li><code>frame-buffer processors</code>: why</li>\n",
                "</ul>\n<h2>What to do</h2>\n<ol>\n<li>Look at <code>frame-buffer camera</code>.</li>\n</ol>\n</main>");
    }

    @Test
    void commandsThatAskTheServiceNameItsAddress() {
        assertThat(RUNBOOK.at("10.0.0.7:9000").markdown()).contains("`curl 10.0.0.7:9000/health`",
                "`frame-buffer processors --orchestrator-url http://10.0.0.7:9000`", "`frame-buffer camera`");
        assertThat(RUNBOOK.at("[::1]:8002").markdown()).contains("curl [::1]:8002/health");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "localhost:8002", "x`; rm -rf /", "a b", "$(reboot)", "evil/"})
    void whatIsNoHostIsNotRepeated(String host) {
        assertThat(RUNBOOK.at(host)).isEqualTo(RUNBOOK);
    }

    @ParameterizedTest
    @EnumSource(AlertRule.class)
    void ofEachAlertNothingOfTheMarkupIsLeft(AlertRule rule) {
        String html = new Runbook(new String(WebPageApi.resource("runbooks/" + rule.runbook()), StandardCharsets.UTF_8))
                .at("camera-host:9000").html();
        assertThat(html).doesNotContain("`", "**", "](", "\n#", "localhost:8002");
    }
}
