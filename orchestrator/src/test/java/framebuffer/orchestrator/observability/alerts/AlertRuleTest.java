package framebuffer.orchestrator.observability.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Alerts of the service and of Prometheus have the same rules. */
class AlertRuleTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern ALERT = Pattern.compile(
            "- alert: (\\w+)\\n(?:(?!- alert:)[\\s\\S])*?severity: (\\w+)(?:(?!- alert:)[\\s\\S])*?runbook: (\\S+)");

    @Test
    void namesSeveritiesAndRunbooksAreThoseOfThePrometheusRules() throws IOException {
        Matcher rules = ALERT.matcher(Files.readString(ROOT.resolve("deploy/prometheus/rules/frame-buffer.yml")));
        assertThat(rules.results().map(found -> found.group(1) + ' ' + found.group(2) + ' ' + found.group(3)))
                .containsExactlyElementsOf(Arrays.stream(AlertRule.values())
                        .map(rule -> rule.word() + ' ' + rule.severity() + " docs/runbooks/" + rule.runbook())
                        .toList());
    }

    @Test
    void everyRunbookIsThere() {
        assertThat(AlertRule.values()).allSatisfy(
                rule -> assertThat(ROOT.resolve("docs/runbooks").resolve(rule.runbook())).isNotEmptyFile());
    }
}
