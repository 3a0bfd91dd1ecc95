package framebuffer.architecture;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiConsumer;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** What breaks the hard limits on the size and the names of things; the limits have no exceptions. */
final class Sizes {
    static final int FILE = 400;
    static final int TEST_FILE = 500;
    static final int METHOD = 50;
    static final int PARAMETERS = 5;

    /** Words that say nothing of what a thing is: whatever bears one has not been understood yet. */
    private static final Set<String> EMPTY_WORDS = Set.of("util", "utils", "common", "helper", "helpers", "manager",
            "model", "impl");

    private Sizes() {
    }

    /** Every breach in these sources, each as one line for people; empty when all is well. */
    static List<String> breaches(List<Source> sources) {
        List<String> found = new ArrayList<>();
        for (Source source : sources) {
            int limit = source.isTest() ? TEST_FILE : FILE;
            if (source.lines() > limit) {
                found.add(source.path() + " has " + source.lines() + " lines, allowed are " + limit);
            }
            String folder = String.valueOf(source.path().getParent()).replace('\\', '/');
            if (Arrays.stream(folder.split("/", -1)).anyMatch(EMPTY_WORDS::contains)) {
                found.add(source.path() + " lies in a folder whose name says nothing");
            }
        }
        parse(sources, (unit, positions) -> new Scan(unit, positions, found).scan(unit, null));
        return found;
    }

    /** Hands the syntax tree of each source to a reader. */
    static void parse(List<Source> sources, BiConsumer<CompilationUnitTree, SourcePositions> reader) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<Text> units = sources.stream().map(Text::new).toList();
        JavacTask task = (JavacTask) compiler.getTask(null, null, diagnostic -> {
        }, List.of("-proc:none"), null, units);
        try {
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            for (CompilationUnitTree unit : task.parse()) {
                reader.accept(unit, positions);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A source for the compiler. */
    private static final class Text extends SimpleJavaFileObject {
        private final Source source;

        Text(Source source) {
            super(URI.create("source:///" + source.path().toString().replace('\\', '/')), JavaFileObject.Kind.SOURCE);
            this.source = source;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source.text();
        }
    }

    /** Looks at the types and methods of one source. */
    private static final class Scan extends TreePathScanner<@Nullable Void, @Nullable Void> {
        private final CompilationUnitTree unit;
        private final SourcePositions positions;
        private final List<String> found;

        Scan(CompilationUnitTree unit, SourcePositions positions, List<String> found) {
            this.unit = unit;
            this.positions = positions;
            this.found = found;
        }

        @Override
        public @Nullable Void visitClass(ClassTree type, @Nullable Void nothing) {
            String[] words = type.getSimpleName().toString().split("(?=\\p{Lu})", -1);
            if (Arrays.stream(words).anyMatch(word -> EMPTY_WORDS.contains(word.toLowerCase(Locale.ROOT)))) {
                found.add(where(type) + " has a name that says nothing: " + type.getSimpleName());
            }
            return super.visitClass(type, null);
        }

        @Override
        public @Nullable Void visitMethod(MethodTree method, @Nullable Void nothing) {
            long lines = line(positions.getEndPosition(unit, method)) - line(start(method)) + 1;
            if (lines > METHOD) {
                found.add(where(method) + " " + method.getName() + " has " + lines + " lines, allowed are " + METHOD);
            }
            int parameters = method.getParameters().size();
            if (parameters > PARAMETERS && !isOfComponents(method)) {
                found.add(where(method) + " " + method.getName() + " has " + parameters + " parameters, allowed are "
                        + PARAMETERS);
            }
            return super.visitMethod(method, null);
        }

        /** A record's own constructor: its parameters are the record's components. */
        private boolean isOfComponents(MethodTree method) {
            return method.getReturnType() == null
                    && getCurrentPath().getParentPath().getLeaf().getKind() == Tree.Kind.RECORD;
        }

        private String where(Tree tree) {
            return unit.getSourceFile().toUri().getPath().substring(1) + ":" + line(start(tree));
        }

        private long start(Tree tree) {
            return positions.getStartPosition(unit, tree);
        }

        private long line(long position) {
            LineMap lines = unit.getLineMap();
            return lines.getLineNumber(position);
        }
    }
}
