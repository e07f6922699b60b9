/*
 * The imports of a TypeScript file, found by TypeScript's own parser: static, type-only and dynamic ones, and those inside
 * types. Knows nothing of which imports are allowed.
 */
import typescript from 'typescript';

export interface Import {
  /** What is imported, as written. */
  readonly specifier: string;
  /** `type` vanishes in JavaScript; `static` is loaded with the file; `dynamic` when it is reached. */
  readonly kind: 'static' | 'type' | 'dynamic';
  readonly line: number;
}

/** All imports and re-exports of a source text, in the order in which they stand. */
export function importsOf(file: string, text: string): readonly Import[] {
  const source = typescript.createSourceFile(file, text, typescript.ScriptTarget.Latest);
  const found: Import[] = [];
  const add = (specifier: typescript.Node | undefined, kind: Import['kind']): void => {
    if (specifier === undefined || !typescript.isStringLiteralLike(specifier)) return;
    const { line } = source.getLineAndCharacterOfPosition(specifier.getStart(source));
    found.push({ specifier: specifier.text, kind, line: line + 1 });
  };
  const visit = (node: typescript.Node): void => {
    if (typescript.isImportDeclaration(node)) {
      add(
        node.moduleSpecifier,
        node.importClause?.phaseModifier === typescript.SyntaxKind.TypeKeyword ? 'type' : 'static',
      );
    } else if (typescript.isExportDeclaration(node)) {
      add(node.moduleSpecifier, node.isTypeOnly ? 'type' : 'static');
    } else if (typescript.isImportTypeNode(node)) {
      add(typescript.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, 'type');
    } else if (typescript.isCallExpression(node) && node.expression.kind === typescript.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], 'dynamic');
    }
    typescript.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
