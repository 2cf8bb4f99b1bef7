resource "aws_s3_bucket_cors_configuration" "known" {
  cors_rule {
    allowed_origins = ["https://bucket.example"]
  }
}
resource "aws_cloudfront_response_headers_policy" "beside" {
  cors_config {
    access_control_allow_origins { items = ["*"] }
    origin_override = true
  }
  custom_headers_config {
    items {
      header = "Access-Control-Allow-Origin"
      value  = "*"
    }
  }
}
resource "aws_api_gateway_integration_response" "beside" {
  response_parameters = {
    "method.response.header.Access-Control-Allow-Origin" = "'*'"
  }
}
