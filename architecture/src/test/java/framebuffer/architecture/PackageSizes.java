package framebuffer.architecture;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.TreePathScanner;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.lang.model.element.Modifier;
import org.jspecify.annotations.Nullable;

/**
 * How many types a package has.
 *
 * @param types
 *            nested and local types counted
 * @param exported
 *            public top-level types: those that other packages have to know
 */
record PackageSizes(int types, int exported) {
    static final int TYPES = 28;
    static final int EXPORTED = 17;

    /** Every package that breaks a limit, each as one line for people; empty when all is well. */
    static List<String> breaches(List<Source> sources) {
        List<String> found = new ArrayList<>();
        of(sources).forEach((folder, sizes) -> {
            if (sizes.types > TYPES) {
                found.add(folder + " has " + sizes.types + " types, allowed are " + TYPES);
            }
            if (sizes.exported > EXPORTED) {
                found.add(folder + " has " + sizes.exported + " public types, allowed are " + EXPORTED);
            }
        });
        return found;
    }

    private static Map<String, PackageSizes> of(List<Source> sources) {
        Map<String, PackageSizes> sizes = new TreeMap<>();
        Sizes.parse(sources, (unit, _) -> sizes.merge(folder(unit), of(unit), PackageSizes::plus));
        return sizes;
    }

    private static String folder(CompilationUnitTree unit) {
        String path = unit.getSourceFile().toUri().getPath();
        return path.substring(1, path.lastIndexOf('/'));
    }

    private static PackageSizes of(CompilationUnitTree unit) {
        List<ClassTree> named = new ArrayList<>();
        new TreePathScanner<@Nullable Void, @Nullable Void>() {
            @Override
            public @Nullable Void visitClass(ClassTree type, @Nullable Void nothing) {
                if (!type.getSimpleName().isEmpty()) {
                    named.add(type);
                }
                return super.visitClass(type, null);
            }
        }.scan(unit, null);
        int exported = (int) unit.getTypeDecls().stream().filter(
                type -> type instanceof ClassTree top && top.getModifiers().getFlags().contains(Modifier.PUBLIC))
                .count();
        return new PackageSizes(named.size(), exported);
    }

    private PackageSizes plus(PackageSizes other) {
        return new PackageSizes(types + other.types, exported + other.exported);
    }
}
