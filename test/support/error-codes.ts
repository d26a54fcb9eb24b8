import ts from "typescript";
import type { TextFile } from "./project-files.ts";

/** Errors whose first argument is their public code. */
const codedErrors = /^(?:DomainError|NotFoundError|ConflictError|ForbiddenError|SignInError)$/;
const codeShape = /^[a-z]+(?:_[a-z]+)*$/;

/** Public error and quarantine codes that a source file can answer with. */
export function errorCodesIn({ path, text }: TextFile): readonly string[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const literal = codeLiteral(node);
    if (literal !== undefined && codeShape.test(literal)) found.push(literal);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function codeLiteral(node: ts.Node): string | undefined {
  if (ts.isNewExpression(node) && codedErrors.test(node.expression.getText())) {
    return textOf(node.arguments?.[0]);
  }
  if (ts.isCallExpression(node) && node.expression.getText() === "fault") {
    return textOf(node.arguments[0]);
  }
  if (ts.isPropertyAssignment(node) && node.name.getText() === "code") {
    return textOf(node.initializer);
  }
  // A fallback such as `options?.code ?? "unavailable"` names a code too.
  if (
    ts.isBinaryExpression(node) &&
    node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken &&
    /\.code$/.test(node.left.getText())
  ) {
    return textOf(node.right);
  }
  return undefined;
}

function textOf(node: ts.Node | undefined): string | undefined {
  return node !== undefined && ts.isStringLiteral(node) ? node.text : undefined;
}
