/**
 * What `Function(...params, body)` does, without eval: the page's policy forbids it, and Arquero writes
 * its table verbs as code. The body is parsed once and turned into closures over frames of slots, so a row
 * costs a few calls. It covers what Arquero generates; anything else is a clear error.
 */
import type * as js from "acorn";
import { parse } from "acorn";
import { operators, unaryOperators } from "./evaluateOperators.ts";
import { type Frame, Scope } from "./evaluateScope.ts";

type Value = unknown;
type Run = (frame: Frame) => Value;
type Bind = (frame: Frame, value: Value) => void;
type Callable = (...args: Value[]) => Value;
/** A statement's end: nothing, a break, or what it returned. */
type Step = (frame: Frame) => typeof BREAK | { readonly value: Value } | undefined;

const BREAK = Symbol("break");
const nothing: Run = () => undefined;

export function compileFunction(...parts: string[]): Callable {
  const body = parts.at(-1) ?? "";
  const source = `(${parts.slice(0, -1).join(",")})=>{${body}}`;
  const program = parse(source, { ecmaVersion: 2023 });
  const [made] = program.body;
  if (made?.type !== "ExpressionStatement") throw new Error("not a function's body");
  return expression(made.expression, new Scope(source))({ slots: [], up: undefined }) as Callable;
}

function functionOf(node: js.ArrowFunctionExpression | js.FunctionExpression, up: Scope): Run {
  const scope = new Scope(up.source, up);
  const text = scope.source.slice(node.start, node.end);
  const binds = node.params.map((param) => pattern(param, scope));
  const { body } = node;
  const run = body.type === "BlockStatement" ? block(body.body, scope) : undefined;
  const value = body.type === "BlockStatement" ? undefined : expression(body, scope);
  return (frame) => {
    const made = (...args: Value[]): Value => {
      const own: Frame = { slots: new Array<Value>(scope.size), up: frame };
      for (let i = 0; i < binds.length; i++) binds[i]?.(own, args[i]);
      if (value) return value(own);
      const end = run?.(own);
      return typeof end === "object" ? end.value : undefined;
    };
    // Arquero tells columns apart by the text of their functions.
    made.toString = () => text;
    return made;
  };
}

function pattern(node: js.Pattern, scope: Scope): Bind {
  if (node.type === "Identifier") {
    const slot = scope.declare(node.name);
    return (frame, value) => void (frame.slots[slot] = value);
  }
  if (node.type === "ArrayPattern") {
    const parts = node.elements.map((element) => element && pattern(element, scope));
    return (frame, value) => parts.forEach((bind, i) => bind?.(frame, (value as Value[])[i]));
  }
  if (node.type !== "ObjectPattern") throw unsupported(node);
  const parts = node.properties.map((property) => {
    if (property.type !== "Property") throw unsupported(property);
    return { key: key(property, scope), bind: pattern(property.value, scope) };
  });
  return (frame, value) => {
    for (const part of parts) part.bind(frame, member(value, part.key(frame)));
  };
}

function block(nodes: readonly js.Statement[], scope: Scope): Step {
  const steps = nodes.map((node) => statement(node, scope));
  return (frame) => {
    for (const step of steps) {
      const end = step(frame);
      if (end !== undefined) return end;
    }
    return undefined;
  };
}

function statement(node: js.Statement, scope: Scope): Step {
  switch (node.type) {
    case "ExpressionStatement": {
      const run = expression(node.expression, scope);
      return (frame) => void run(frame);
    }
    case "ReturnStatement": {
      const value = optional(node.argument, scope);
      return (frame) => ({ value: value(frame) });
    }
    case "VariableDeclaration": {
      const parts = node.declarations.map((declarator) => {
        const value = optional(declarator.init, scope);
        const bind = pattern(declarator.id, scope);
        return (frame: Frame): void => bind(frame, value(frame));
      });
      return (frame) => {
        for (const part of parts) part(frame);
        return undefined;
      };
    }
    case "IfStatement": {
      const test = expression(node.test, scope);
      const yes = statement(node.consequent, scope);
      const no = node.alternate ? statement(node.alternate, scope) : undefined;
      return (frame) => (test(frame) ? yes(frame) : no?.(frame));
    }
    case "SwitchStatement":
      return switchOf(node, scope);
    case "BlockStatement":
      return block(node.body, scope);
    case "BreakStatement":
      return () => BREAK;
    case "EmptyStatement":
      return () => undefined;
    default:
      throw unsupported(node);
  }
}

function switchOf(node: js.SwitchStatement, scope: Scope): Step {
  const subject = expression(node.discriminant, scope);
  const cases = node.cases.map((one) => ({
    test: one.test ? expression(one.test, scope) : undefined,
    run: block(one.consequent, scope),
  }));
  return (frame) => {
    const value = subject(frame);
    let at = cases.findIndex(({ test }) => test?.(frame) === value);
    if (at < 0) at = cases.findIndex(({ test }) => !test);
    for (let i = at; i >= 0 && i < cases.length; i++) {
      const end = cases[i]?.run(frame);
      if (end === BREAK) return undefined;
      if (end !== undefined) return end;
    }
    return undefined;
  };
}

function expression(node: js.Expression | js.Super | js.PrivateIdentifier, scope: Scope): Run {
  switch (node.type) {
    case "Literal": {
      const { value } = node;
      return () => value;
    }
    case "Identifier":
      return scope.read(node.name);
    case "ArrowFunctionExpression":
    case "FunctionExpression":
      return functionOf(node, scope);
    case "ParenthesizedExpression":
    case "ChainExpression":
      return expression(node.expression, scope);
    case "MemberExpression": {
      const [object, name, soft] = [
        expression(node.object, scope),
        key(node, scope),
        node.optional,
      ];
      return (frame) => {
        const target = object(frame);
        return soft && target == null ? undefined : member(target, name(frame));
      };
    }
    case "CallExpression":
      return call(node, scope);
    case "UnaryExpression": {
      const operator = unaryOperators[node.operator];
      if (!operator) throw unsupported(node);
      const value = expression(node.argument, scope);
      return (frame) => operator(value(frame));
    }
    case "BinaryExpression":
    case "LogicalExpression":
      return binary(node, scope);
    case "ConditionalExpression": {
      const test = expression(node.test, scope);
      const [yes, no] = [expression(node.consequent, scope), expression(node.alternate, scope)];
      return (frame) => (test(frame) ? yes(frame) : no(frame));
    }
    case "AssignmentExpression":
      return assignment(node, scope);
    case "SequenceExpression": {
      const parts = list(node.expressions, scope);
      return (frame) => parts(frame).at(-1);
    }
    case "ArrayExpression":
      return list(node.elements, scope);
    case "ObjectExpression":
      return objectOf(node, scope);
    case "TemplateLiteral": {
      const texts = node.quasis.map((quasi) => quasi.value.cooked ?? "");
      const parts = node.expressions.map((part) => expression(part, scope));
      return (frame) =>
        texts.reduce((text, next, i) => text + String(parts[i - 1]?.(frame)) + next);
    }
    default:
      throw unsupported(node);
  }
}

function optional(node: js.Expression | null | undefined, scope: Scope): Run {
  return node ? expression(node, scope) : nothing;
}

/** The name that a member or a property goes by: fixed, or computed for each frame. */
function key(
  node: js.MemberExpression | js.Property | js.AssignmentProperty,
  scope: Scope,
): (frame: Frame) => PropertyKey {
  const name = node.type === "Property" ? node.key : node.property;
  if (node.computed) return expression(name, scope) as (frame: Frame) => PropertyKey;
  if (name.type === "Identifier") return () => name.name;
  if (name.type === "Literal") return () => String(name.value);
  throw unsupported(name);
}

function member(target: Value, name: PropertyKey): Value {
  return (target as Record<PropertyKey, Value>)[name];
}

function call(node: js.CallExpression, scope: Scope): Run {
  const { callee } = node;
  const args = list(node.arguments, scope);
  if (callee.type === "MemberExpression") {
    const [object, name] = [expression(callee.object, scope), key(callee, scope)];
    return (frame) => {
      const target = object(frame);
      return (member(target, name(frame)) as Callable).apply(target, args(frame));
    };
  }
  const run = expression(callee, scope);
  return (frame) => (run(frame) as Callable)(...args(frame));
}

function list(
  nodes: readonly (js.Expression | js.SpreadElement | null)[],
  scope: Scope,
): (frame: Frame) => Value[] {
  const parts = nodes.map((node) => {
    if (node?.type !== "SpreadElement") return optional(node, scope);
    const spread = expression(node.argument, scope);
    return { spread };
  });
  if (parts.every((part) => typeof part === "function"))
    return (frame) => parts.map((run) => run(frame));
  return (frame) =>
    parts.flatMap((part) =>
      typeof part === "function" ? [part(frame)] : [...(part.spread(frame) as Value[])],
    );
}

function objectOf(node: js.ObjectExpression, scope: Scope): Run {
  const parts = node.properties.map((property) =>
    property.type === "SpreadElement"
      ? { spread: expression(property.argument, scope) }
      : { name: key(property, scope), value: expression(property.value, scope) },
  );
  return (frame) => {
    const made: Record<PropertyKey, Value> = {};
    for (const part of parts)
      if ("spread" in part) Object.assign(made, part.spread(frame));
      else made[part.name(frame)] = part.value(frame);
    return made;
  };
}

function assignment(node: js.AssignmentExpression, scope: Scope): Run {
  const right = expression(node.right, scope);
  const combine = node.operator === "=" ? undefined : operators[node.operator.slice(0, -1)];
  if (node.operator !== "=" && !combine) throw unsupported(node);
  const { left } = node;
  if (left.type === "Identifier") {
    const [read, write] = [scope.read(left.name), scope.write(left.name)];
    return (frame) => write(frame, combine ? combine(read(frame), right(frame)) : right(frame));
  }
  if (left.type !== "MemberExpression") throw unsupported(left);
  const [owner, named] = [expression(left.object, scope), key(left, scope)];
  return (frame) => {
    const object = owner(frame) as Record<PropertyKey, Value>;
    const name = named(frame);
    return (object[name] = combine ? combine(object[name], right(frame)) : right(frame));
  };
}

function binary(node: js.BinaryExpression | js.LogicalExpression, scope: Scope): Run {
  const [left, right] = [expression(node.left, scope), expression(node.right, scope)];
  if (node.operator === "&&") return (frame) => left(frame) && right(frame);
  if (node.operator === "||") return (frame) => left(frame) || right(frame);
  if (node.operator === "??") return (frame) => left(frame) ?? right(frame);
  const operator = operators[node.operator];
  if (!operator) throw unsupported(node);
  return (frame) => operator(left(frame), right(frame));
}

function unsupported(node: js.Node): Error {
  return new Error(`a table expression cannot use ${node.type} here`);
}
